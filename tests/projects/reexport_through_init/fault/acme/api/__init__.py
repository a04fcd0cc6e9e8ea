from acme.api.chat import ask
from acme.api.session import Session

__all__ = ["Session", "ask"]
