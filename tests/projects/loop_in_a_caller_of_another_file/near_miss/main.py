import sys

from llm.api import LLM
from pypdf import PdfReader
from summaries import Summariser

summariser = Summariser(LLM("gpt-4o-mini"))
text = "".join(page.extract_text() for page in PdfReader(sys.argv[1]).pages)
print(summariser.summarise(text))
