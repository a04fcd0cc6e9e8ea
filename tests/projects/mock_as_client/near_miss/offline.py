from unittest.mock import MagicMock

from keywords import Keywords


def offline(answer):
    client = MagicMock()
    client.chat.completions.create.return_value.choices[0].message.content = answer
    return Keywords(client)


assert offline("a, b").extract("a and b") == ["a", "b"]
