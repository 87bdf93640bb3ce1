from .conversations import Conversations
from .tags import Tags
from .users import Users

__all__ = ["Conversations", "Tags", "Users"]
