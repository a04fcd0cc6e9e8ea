from clients import fast, patient


def send(client, prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text


def interactive(prompt):
    return send(fast, prompt)


def nightly(prompt):
    return send(patient, prompt)
