import os

import openai
import pandas as pd

openai.api_key = os.environ["OPENAI_API_KEY"]


def sentiment(reviews):
    prompts = [f"Is this positive?\n{review}\n" for review in reviews]
    response = openai.Completion.create(model="text-davinci-003", prompt=prompts, max_tokens=3)
    return [choice["text"].strip() for choice in response["choices"]]


df = pd.read_csv("reviews.csv").head(20)
df["review"] = df["review"].apply(str.lower)
df["sentiment"] = sentiment(df["review"].tolist())
df.to_csv("labelled.csv", index=False)
