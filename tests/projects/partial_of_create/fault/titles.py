from models import small


def title_for(article):
    answer = small(messages=[{"role": "user", "content": f"A headline for:\n{article}"}])
    return answer.choices[0].message.content.strip('"')
