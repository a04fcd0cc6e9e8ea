"""Changing Python: what libcst finds and renders, as texts to put at offsets, so that all else stays as it is.

Nothing is imported here, so that a run which fixes nothing does not load a parser.
"""
