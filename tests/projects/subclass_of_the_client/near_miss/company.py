import os

from openai import OpenAI


class CompanyAI(OpenAI):
    def __init__(self, **options):
        super().__init__(base_url=os.environ["COMPANY_AI_URL"], max_retries=6, **options)
