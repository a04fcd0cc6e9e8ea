from ..llm.client import client


async def joke(update, context):
    response = await client.responses.create(model="gpt-4.1-mini", input="Tell a short joke.")
    await update.message.reply_text(response.output_text)
