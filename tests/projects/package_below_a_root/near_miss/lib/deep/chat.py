import openai

client = openai.OpenAI(max_retries=8)
