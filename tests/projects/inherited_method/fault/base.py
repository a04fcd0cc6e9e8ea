class BaseAgent:
    model = "gpt-4o"
    system = "You are a helpful assistant."

    def ask(self, text):
        reply = self.client.chat.completions.create(
            model=self.model,
            messages=[{"role": "system", "content": self.system}, {"role": "user", "content": text}],
        )
        return reply.choices[0].message.content
