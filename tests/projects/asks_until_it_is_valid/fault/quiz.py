from openai import OpenAI

client = OpenAI()


def grade_all(answers):
    grades = []
    while len(grades) < len(answers):
        prompt = f"Grade with one letter from A to F:\n{answers[len(grades)]}"
        grades.append(client.responses.create(model="gpt-4.1", input=prompt).output_text)
    return grades
