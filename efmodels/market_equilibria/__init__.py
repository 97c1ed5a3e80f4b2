"""Equilibria of markets in one call: solved, polished and verified."""
