import time

from service import ChatService

service = ChatService()


def handle(event):
    for pause in (1, 5, 30):
        try:
            return service.reply(event["messages"])
        except RuntimeError:
            time.sleep(pause)
    return None
