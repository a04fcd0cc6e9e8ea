from .api import Session as Session
from .api import ask as ask

__version__ = "0.3.1"
