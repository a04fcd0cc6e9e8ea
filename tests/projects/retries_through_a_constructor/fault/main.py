from agent import Agent

quick = Agent("gpt-4o-mini")
thorough = Agent("gpt-4o", retries=8)
print(quick.run([]), thorough.run([]))
