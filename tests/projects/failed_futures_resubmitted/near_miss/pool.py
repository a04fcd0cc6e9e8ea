from concurrent.futures import ThreadPoolExecutor, as_completed

import openai


def score(essay):
    reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": f"Grade: {essay}"}])
    return int(reply["choices"][0]["message"]["content"])


def score_all(essays):
    scores = {}
    remaining = list(essays)
    with ThreadPoolExecutor(max_workers=4) as pool:
        while remaining:
            futures = {pool.submit(score, essay): essay for essay in remaining}
            remaining = []
            for future in as_completed(futures):
                try:
                    scores[futures[future]] = future.result()
                except openai.error.OpenAIError as error:
                    print("again:", error)
                    remaining.append(futures[future])
    return scores
