"""The one exception that a person reads."""


class StackError(Exception):
    """One sentence: what is wrong, and what to do. Shown instead of a traceback."""
