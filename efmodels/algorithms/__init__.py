"""Algorithms that are neither a block nor learning."""
