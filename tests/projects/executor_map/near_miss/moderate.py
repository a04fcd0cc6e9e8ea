import concurrent.futures

from openai import OpenAI

client = OpenAI(max_retries=3)


def flagged(comment):
    return client.moderations.create(model="omni-moderation-latest", input=comment).results[0].flagged


def clean(comments):
    with concurrent.futures.ThreadPoolExecutor(max_workers=5) as executor:
        flags = executor.map(flagged, comments)
    return [comment for comment, bad in zip(comments, flags, strict=True) if not bad]
