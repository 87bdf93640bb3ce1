from .decorators import authorized, retry
