import openai


class Service:
    def complete(self, prompt):
        try:
            return openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": prompt}])
        except openai.error.OpenAIError as err:
            if err.args and "overloaded" in err.args[0]:
                return None
            if err.user_message.startswith("Rate limit reached"):
                return None
            raise
