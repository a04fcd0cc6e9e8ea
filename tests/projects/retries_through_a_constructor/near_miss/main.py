from agent import Agent

quick = Agent("gpt-4o-mini", retries=4)
thorough = Agent("gpt-4o", retries=8)
print(quick.run([]), thorough.run([]))
