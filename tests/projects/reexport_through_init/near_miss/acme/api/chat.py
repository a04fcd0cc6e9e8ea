def ask(session, prompt):
    return session.client.responses.create(model="gpt-4.1", input=prompt).output_text
