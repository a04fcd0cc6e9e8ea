from openai import OpenAI

client = OpenAI()


class Phase:
    prompt = ""

    def execute(self, state):
        state[type(self).__name__] = client.responses.create(
            model="gpt-4.1", input=self.prompt.format(**state)
        ).output_text
        return state


class Design(Phase):
    prompt = "Design {task}"


class Code(Phase):
    prompt = "Write the code for {Design}"


class Company:
    def __init__(self):
        self.phases = [Design(), Code()]

    def build(self, tasks):
        for task in tasks:
            state = {"task": task}
            for phase in self.phases:
                state = phase.execute(state)
            yield state
