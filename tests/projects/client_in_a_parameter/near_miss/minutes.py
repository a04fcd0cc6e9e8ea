def summarise(client, transcript, language="English"):
    completion = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": f"Write meeting minutes in {language}."},
            {"role": "user", "content": transcript},
        ],
    )
    return completion.choices[0].message.content
