import importlib


class Client:
    def load(self, key):
        module = importlib.import_module(f"suite.providers.{key}_provider")
        return getattr(module, f"{key.capitalize()}Provider")()

    def create(self, model, messages):
        provider = self.load(model.partition(":")[0])
        return provider.complete(model, messages)
