import time


class LM:
    def __init__(self):
        self.history = []

    def __call__(self, prompt, **kwargs):
        self.history.append(prompt)
        delay = 1
        while True:
            try:
                return self.request(prompt, **kwargs)
            except Exception as error:
                print(f"{type(error).__name__}, again in {delay} s")
                time.sleep(delay)
                delay = min(60, delay * 2)

    def request(self, prompt, **kwargs):
        raise NotImplementedError
