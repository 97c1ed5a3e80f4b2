"""``python -m efmodels`` is the command ``efmodels``."""

from efmodels.cli import main

if __name__ == "__main__":
    main()
