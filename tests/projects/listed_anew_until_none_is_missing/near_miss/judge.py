import os
from multiprocessing import Pool

import openai


def judge(name, out):
    try:
        reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": f"Score {name}"}])
        with open(f"{out}/{name}", "w") as file:
            file.write(reply["choices"][0]["message"]["content"])
    except Exception as error:
        print(f"Error processing {name}: {error}")


def main(names, out):
    while True:
        missing = [f for f in names if f not in os.listdir(out)]
        if len(missing) == 0:
            break
        with Pool(4) as pool:
            pool.starmap(judge, [(name, out) for name in missing])
