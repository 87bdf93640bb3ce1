from adapters import FakeSender, UrllibSender
from domain import Directory


def main():
    Directory(UrllibSender()).users()


def test_directory():
    fake = FakeSender()
    Directory(fake).users()
    assert fake.sent == [("GET", "/users")]
