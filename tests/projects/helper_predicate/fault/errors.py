def is_rate_limit(error: Exception) -> bool:
    message = f"{error}".lower()
    return "too many requests" in message or "rate_limit" in message


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
