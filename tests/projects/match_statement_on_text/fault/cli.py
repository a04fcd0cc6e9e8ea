import sys

from openai import OpenAI, OpenAIError

client = OpenAI(max_retries=6)

try:
    print(client.responses.create(model="gpt-4.1", input=sys.argv[1]).output_text)
except OpenAIError as error:
    match str(error):
        case "Connection error.":
            sys.exit("no network")
        case "Request timed out.":
            sys.exit("no answer")
        case message:
            sys.exit(message)
