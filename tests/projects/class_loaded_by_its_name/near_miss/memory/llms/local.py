class LocalLLM:
    def __init__(self, model):
        self.model = model

    def generate(self, prompt):
        return prompt
