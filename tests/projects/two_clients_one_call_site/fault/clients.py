from openai import OpenAI

fast = OpenAI(timeout=5, max_retries=0)
patient = OpenAI(timeout=600, max_retries=10)
