"""Measurements of oailint, to be run by hand: ``python -m benchmarks``."""
