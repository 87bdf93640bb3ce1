from .client import AuthenticatedClient

__all__ = ("AuthenticatedClient",)
