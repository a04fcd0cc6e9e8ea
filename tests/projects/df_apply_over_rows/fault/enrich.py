import pandas as pd
from openai import OpenAI
from tqdm import tqdm

tqdm.pandas()
client = OpenAI()


def describe(row, model):
    prompt = f"Describe {row['name']} ({row['category']}) in one sentence."
    return client.responses.create(model=model, input=prompt).output_text


def enrich(frame: pd.DataFrame) -> pd.DataFrame:
    frame["description"] = frame.progress_apply(lambda row: describe(row, "gpt-4.1-mini"), axis=1)
    return frame
