class SupportBot:
    def __init__(self, llm, model="gpt-4o"):
        self.llm = llm
        self.model = model
        self.history = []

    def reply(self, text):
        self.history.append({"role": "user", "content": text})
        answer = self.llm.chat.completions.create(model=self.model, messages=self.history)
        self.history.append(answer.choices[0].message)
        return answer.choices[0].message.content
