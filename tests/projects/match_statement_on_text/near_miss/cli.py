import sys

from openai import APIConnectionError, APITimeoutError, OpenAI, OpenAIError

client = OpenAI(max_retries=6)

try:
    print(client.responses.create(model="gpt-4.1", input=sys.argv[1]).output_text)
except OpenAIError as error:
    match error:
        case APITimeoutError():
            sys.exit("no answer")
        case APIConnectionError():
            sys.exit("no network")
        case other:
            sys.exit(str(other))
