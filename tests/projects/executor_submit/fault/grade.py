from concurrent.futures import ThreadPoolExecutor, as_completed

from openai import OpenAI

client = OpenAI(max_retries=3)


def grade(essay):
    return client.responses.create(model="gpt-4.1", input=f"Grade this essay:\n{essay}").output_text


def grade_all(essays):
    grades = {}
    with ThreadPoolExecutor(max_workers=len(essays)) as executor:
        futures = {executor.submit(grade, essay): number for number, essay in enumerate(essays)}
        for future in as_completed(futures):
            grades[futures[future]] = future.result()
    return grades
