from core.llm import complete


def main(rows):
    for row in rows:
        row.save(complete(row.prompt))
