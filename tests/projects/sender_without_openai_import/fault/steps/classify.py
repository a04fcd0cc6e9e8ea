LABELS = ["bug", "feature", "question"]


def classify(context, issue):
    prompt = f"Which of {', '.join(LABELS)} is this?\n\n{issue['title']}\n{issue['body']}"
    reply = context.llm.chat.completions.create(
        model=context.model, messages=[{"role": "user", "content": prompt}], temperature=0
    )
    return reply.choices[0].message.content.strip().lower()
