from core import classify
from openai import OpenAI

real = OpenAI(max_retries=0)
print(classify(real, "You have won!"))
