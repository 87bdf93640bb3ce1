from .tags import Tags
from .users import Users
