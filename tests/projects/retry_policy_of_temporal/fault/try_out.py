import asyncio
import sys

from activities import invoke_model

print(asyncio.run(invoke_model(sys.argv[1])))
