class LM:
    def __init__(self):
        self.history = []

    def __call__(self, prompt, **kwargs):
        self.history.append(prompt)
        while len(self.history) > 20:
            self.history.pop(0)
        return self.request(prompt, **kwargs)

    def request(self, prompt, **kwargs):
        raise NotImplementedError
