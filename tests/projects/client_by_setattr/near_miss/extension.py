from flask import Flask, current_app
from openai import OpenAI


class OpenAIExtension:
    def init_app(self, app: Flask):
        self.client = OpenAI(max_retries=app.config.get("OPENAI_MAX_RETRIES", 6))
        app.extensions["openai"] = self


openai_extension = OpenAIExtension()


def create_app():
    app = Flask(__name__)
    openai_extension.init_app(app)
    return app


def complete(prompt):
    current_app.logger.info("prompt of %d characters", len(prompt))
    return openai_extension.client.responses.create(model="gpt-4.1", input=prompt).output_text
