import pandas as pd
from joblib import Parallel, delayed
from openai import OpenAI

client = OpenAI(max_retries=3)


def feature(text):
    return client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding


def features(frame: pd.DataFrame):
    return Parallel(n_jobs=len(frame), prefer="threads")(delayed(feature)(text) for text in frame["text"])
