import time

from core.llm import complete


def main(rows):
    for row in rows:
        row.save(complete(row.prompt))
        time.sleep(3)
