"""Find leaked Allo API keys, and the scopes that Python code needs, without running it."""

__version__ = "0.1.0"
