import json
import sys

from context import Context
from openai import OpenAI
from steps.classify import classify

context = Context(llm=OpenAI(timeout=20))
print(classify(context, json.load(sys.stdin)))
