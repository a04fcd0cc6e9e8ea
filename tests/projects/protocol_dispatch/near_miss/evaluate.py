from backends import Backend, LlamaBackend


def evaluate(backend: Backend, cases: list[dict]) -> float:
    right = 0
    for case in cases:
        right += case["expected"] in backend.generate(case["prompt"])
    return right / len(cases)


def main(cases: list[dict]) -> None:
    print(f"{evaluate(LlamaBackend('model.gguf'), cases):.1%}")
