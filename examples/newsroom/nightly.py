"""The job that runs every night."""

import openai

from newsroom.clients import patient
from newsroom.summaries import headline, summarise


def digest(articles):
    summaries = []
    for article in articles:
        try:
            summaries.append(summarise(article))
        except openai.APIError as error:
            if "insufficient_quota" in str(error):
                break
            raise
    return summaries


@patient
def patient_headline(article):
    return headline(article)


def headlines(articles):
    return [patient_headline(article) for article in articles]
