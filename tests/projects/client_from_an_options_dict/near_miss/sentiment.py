from factory import make

client = make()


def sentiment(review):
    messages = [{"role": "user", "content": f"Positive or negative? {review}"}]
    return client.chat.completions.create(model="gpt-4o", messages=messages).choices[0].message.content
