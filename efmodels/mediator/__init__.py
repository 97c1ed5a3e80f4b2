"""Mediators: what a mediator may know and do, and the polytope of what it can bring about."""
