import os


def make_client(vendor):
    if vendor == "together":
        from together import Together

        return Together(api_key=os.environ["TOGETHER_API_KEY"])
    if vendor == "zhipu":
        from zhipuai import ZhipuAI

        return ZhipuAI(api_key=os.environ["ZHIPUAI_API_KEY"])
    from openai import OpenAI

    return OpenAI()
