from unittest.mock import MagicMock

from core import classify

fake = MagicMock()
fake.responses.create.return_value.output_text = "spam"
print(classify(fake, "You have won!"))
