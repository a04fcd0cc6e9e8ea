from corp.llm import gateway


def main(rows):
    for row in rows:
        row.summary = gateway.complete(f"Summarise:\n{row.text}")
        row.save()
