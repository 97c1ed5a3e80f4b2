"""Learning: regret minimization and first-order methods, with certificates."""
