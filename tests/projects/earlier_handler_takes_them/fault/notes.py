import openai
from openai import OpenAI

client = OpenAI(max_retries=6)


def note(database, text):
    try:
        summary = client.responses.create(model="gpt-4.1-mini", input=f"Summarise:\n{text}").output_text
        database.execute("insert into notes values (?)", (summary,))
    except openai.AuthenticationError:
        raise SystemExit("check OPENAI_API_KEY") from None
    except Exception as error:
        if "too large" in str(error):
            return None
        raise
    return summary
