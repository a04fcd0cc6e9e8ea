"""Summaries and headlines of articles."""

from newsroom.clients import client


def summarise(text):
    response = client.responses.create(model="gpt-4.1", input=f"Summarise: {text}")
    return response.output_text


def headline(text):
    # Silent: its only caller, in nightly.py, retries it with backoff.
    response = client.responses.create(model="gpt-4.1-mini", input=f"Write a headline: {text}")
    return response.output_text
