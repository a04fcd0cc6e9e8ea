import json

import openai


def recipe(dish, tries=3):
    prompt = f"A recipe for {dish}, as JSON with the keys ingredients and steps."
    for _ in range(tries):
        try:
            reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": prompt}])
            return json.loads(reply["choices"][0]["message"]["content"])
        except (openai.error.OpenAIError, json.JSONDecodeError) as error:
            prompt += f"\nThe last answer was no JSON: {error}"
    return None
