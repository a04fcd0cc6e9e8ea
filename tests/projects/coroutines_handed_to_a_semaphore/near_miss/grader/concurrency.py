async def limited(semaphore, request):
    async with semaphore:
        return await request
