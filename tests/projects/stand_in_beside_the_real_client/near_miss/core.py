def classify(client, text):
    return client.responses.create(model="gpt-4.1-nano", input=f"Spam or not?\n{text}").output_text
