async def limited(semaphore, request):
    if semaphore.locked():
        print("many requests at once")
    return await request
