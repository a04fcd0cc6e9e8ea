import os

import openai
import pandas as pd

openai.api_key = os.environ["OPENAI_API_KEY"]


def sentiment(review):
    response = openai.Completion.create(model="text-davinci-003", prompt=f"Is this positive?\n{review}\n", max_tokens=3)
    return response["choices"][0]["text"].strip()


df = pd.read_csv("reviews.csv")
df["sentiment"] = df["review"].apply(sentiment)
df.to_csv("labelled.csv", index=False)
