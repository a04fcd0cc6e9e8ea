import importlib
import time


class Client:
    def load(self, key):
        module = importlib.import_module(f"suite.providers.{key}_provider")
        return getattr(module, f"{key.capitalize()}Provider")()

    def create(self, model, messages):
        provider = self.load(model.partition(":")[0])
        for attempt in range(5):
            try:
                return provider.complete(model, messages)
            except Exception:
                time.sleep(2**attempt)
