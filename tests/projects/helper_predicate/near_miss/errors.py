from openai import RateLimitError


def is_rate_limit(error: Exception) -> bool:
    return isinstance(error, RateLimitError)


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
