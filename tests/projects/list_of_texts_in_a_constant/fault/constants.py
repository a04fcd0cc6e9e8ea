RETRYABLE = ["rate limit", "overloaded", "timed out", "server error"]
FATAL = ["invalid api key", "insufficient_quota"]
