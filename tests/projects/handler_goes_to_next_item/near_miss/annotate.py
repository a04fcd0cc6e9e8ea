import time

import openai
import pandas as pd
from tqdm import tqdm


def annotate(frame: pd.DataFrame) -> list[str]:
    results = []
    for _, row in tqdm(frame.iterrows(), total=len(frame)):
        answered = False
        while not answered:
            try:
                reply = openai.ChatCompletion.create(
                    model="gpt-3.5-turbo", messages=[{"role": "user", "content": row["text"]}]
                )
                results.append(reply["choices"][0]["message"]["content"])
                answered = True
            except Exception as error:
                print(f"Error: {error}, retrying in 10 seconds")
                time.sleep(10)
    return results
