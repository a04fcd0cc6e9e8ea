from base import OpenAIMixin


class Catalogue(OpenAIMixin):
    def names(self):
        return sorted(model.id for model in self.get_client().models.list())

    def describe(self, name):
        return self.get_client().responses.create(model="gpt-4.1", input=f"What is {name} good at?").output_text
