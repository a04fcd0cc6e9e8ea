from openai import OpenAI

client = OpenAI()
messages = [{"role": "system", "content": "You are a pirate."}]

while (line := input("you> ")) != "quit":
    messages.append({"role": "user", "content": line})
    reply = client.chat.completions.create(model="gpt-4o", messages=messages)
    messages.append({"role": "assistant", "content": reply.choices[0].message.content})
    print(reply.choices[0].message.content)
