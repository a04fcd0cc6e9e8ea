"""Reading Python with libcst: the only package that imports it.

Nothing is imported here, so that a run which needs no parser does not pay for one.
"""
