"""Blocks of players who cannot do less than their floors, and what these blocks are made of."""
