from openai import OpenAI

client = OpenAI()
completion_call = client.chat.completions.create


def judge(question, answer, structured=False):
    messages = [
        {"role": "system", "content": "Grade the answer from 1 to 10."},
        {"role": "user", "content": f"Question: {question}\nAnswer: {answer}"},
    ]
    if structured:
        return completion_call(model="gpt-4o", messages=messages, response_format={"type": "json_object"})
    return completion_call(model="gpt-4o", messages=messages)
