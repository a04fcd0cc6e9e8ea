from service import ChatService

service = ChatService()


def handle(event):
    return service.reply(event["messages"])
