from tenacity import retry, stop_after_attempt, wait_exponential


def resilient(function):
    policy = retry(stop=stop_after_attempt(5), wait=wait_exponential(max=60), reraise=True)
    return policy(function)
