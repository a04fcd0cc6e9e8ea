from connection import get_client


def is_flagged(text):
    result = get_client().moderations.create(model="omni-moderation-latest", input=text)
    return result.results[0].flagged
