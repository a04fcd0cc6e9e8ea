from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential


def resilient(function):
    policy = retry(
        retry=retry_if_exception_type(ValueError),
        stop=stop_after_attempt(5),
        wait=wait_exponential(max=60),
        reraise=True,
    )
    return policy(function)
