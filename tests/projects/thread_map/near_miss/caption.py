from openai import OpenAI
from tqdm.contrib.concurrent import thread_map

client = OpenAI(max_retries=5)


def caption(url):
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "A caption."}]
    reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": content}])
    return reply.choices[0].message.content


def main(urls):
    for url, text in zip(urls, thread_map(caption, urls, max_workers=4), strict=True):
        print(url, text)
