import importlib
from typing import ClassVar


def load_class(dotted):
    module_path, class_name = dotted.rsplit(".", 1)
    module = importlib.import_module(module_path)
    return getattr(module, class_name)


class LlmFactory:
    provider_to_class: ClassVar = {"openai": "memory.llms.openai.OpenAILLM", "local": "memory.llms.local.LocalLLM"}

    @classmethod
    def create(cls, provider, model):
        class_type = cls.provider_to_class.get(provider)
        if class_type is None:
            raise ValueError(provider)
        return load_class(class_type)(model)
