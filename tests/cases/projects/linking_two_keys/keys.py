import os

from client import Allo

reader = Allo(os.environ["ALLO_READ_KEY"])


def writer():
    return Allo(key=os.environ["ALLO_WRITE_KEY"])
