import psycopg
from openai import OpenAI

client = OpenAI(max_retries=6)


def remember(connection: psycopg.Connection, text):
    try:
        vector = client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding
        connection.execute("insert into notes values (%s, %s)", (text, vector))
    except Exception as error:
        if "timeout" in str(error):
            return False
        raise
    return True
