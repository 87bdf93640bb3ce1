"""Asking the API about a key, and reading what it says: values, pure reading of answers, and the only network.

`values` are the nouns, and `server` says where a request goes. `errors` reads error answers, `answer` everything that
the check may answer; all of these are pure. `client` sends the request, and is the only module of the program that
opens a connection.
"""
