"""Linking: from the facts of files to what a project means. No libcst here, and nothing is read from disk.

``meaning.link`` gives a ``Project``, of which rules ask their questions. Nothing is imported here: which files belong
together (``components``) is asked by processes that link nothing.
"""
