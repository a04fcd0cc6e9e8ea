import openai


class Service:
    def complete(self, prompt):
        try:
            return openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": prompt}])
        except openai.error.OpenAIError as err:
            if isinstance(err, openai.error.ServiceUnavailableError):
                return None
            if err.http_status == 429:
                return None
            raise
