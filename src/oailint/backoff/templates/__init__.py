"""Text that is written into users' files: Python, so that it is linted and typed here.

Never imported.
"""
