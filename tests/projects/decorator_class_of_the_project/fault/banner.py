import openai
from retry import Once


@Once
def banner():
    return openai.Image.create(prompt="A banner with mountains", n=1, size="1024x1024")["data"][0]["url"]
