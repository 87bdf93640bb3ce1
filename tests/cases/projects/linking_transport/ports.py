from typing import Protocol


class Sender(Protocol):
    def send(self, method: str, path: str) -> dict: ...
