class Keywords:
    def __init__(self, client):
        self.client = client

    def extract(self, text):
        reply = self.client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": f"Keywords of: {text}"}]
        )
        return [word.strip() for word in reply.choices[0].message.content.split(",")]
