"""curl through subprocess and a shell: words, text, options in every spelling, what is no curl."""
import asyncio
import os
import shlex
import subprocess

BASE = "https://api.withallo.com/v2/api"
KEY = os.environ["ALLO_API_KEY"]


def words(item, tag):
    subprocess.run(["curl", "-s", "-H", f"Authorization: Api-Key {KEY}", f"{BASE}/tags"], check=True)  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY
    subprocess.check_output(["curl", "-sSXDELETE", f"{BASE}/conversations/items/{item}/tags/{tag}"])  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] possible
    subprocess.Popen(["/usr/bin/curl", "--header", "Authorization: " + KEY, "--data", "{}", BASE + "/conversations/items/batch"])  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] possible key=env:ALLO_API_KEY
    subprocess.call(["curl", "-G", "-d", "page=1", "--url", f"{BASE}/users", "-o", "users.json"])  # expect: GET /v2/api/users [USERS_READ] possible


def curl(method, path, data=None):
    command = ["curl", "--silent", "--request", method, BASE + path]
    command += ["-H", f"Authorization: Api-Key {KEY}"]
    if data is not None:
        command.extend(["-d", data])
    return subprocess.check_output(command)


def helper(number):
    curl("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY via=23
    curl("PUT", f"/conversations/{number}/action", "{}")  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] possible key=env:ALLO_API_KEY via=23 conflict=CONVERSATIONS_WRITE


def text(ident):
    os.system(f"curl -H 'Authorization: Api-Key {KEY}' {BASE}/users/{ident} | jq .")  # expect: GET /v2/api/users/{id} [USERS_READ] possible key=env:ALLO_API_KEY
    subprocess.run(f'cd /tmp && curl -d "{{}}" "{BASE}/conversations/items/search" >out 2>&1', shell=True)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] possible
    os.popen("""curl -H "Authorization: Api-Key $ALLO_SHELL_KEY" https://api.withallo.com/v2/api/numbers""")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible key=env:ALLO_SHELL_KEY
    os.system("curl -H 'Authorization: Api-Key $ALLO_SHELL_KEY' https://api.withallo.com/v2/api/me")  # expect: GET /v2/api/me [] possible
    subprocess.run(["sh", "-c", f"curl -fsS {BASE}/tags"])  # expect: GET /v2/api/tags [TAGS_READ] possible
    subprocess.run(shlex.split(f"curl --oauth2-bearer {KEY} {BASE}/tags"))  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY
    subprocess.run(["curl", f"{BASE}/tags", "--next", "-d", "{}", f"{BASE}/conversations/items/batch"])  # expect: GET /v2/api/tags [TAGS_READ] possible; POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] possible


async def later():
    await asyncio.create_subprocess_exec("curl", f"{BASE}/users")  # expect: GET /v2/api/users [USERS_READ] possible
    await asyncio.create_subprocess_shell(f"curl {BASE}/users")  # expect: GET /v2/api/users [USERS_READ] possible


def either(data):
    command = ["curl", f"{BASE}/conversations/items/search"]
    if data:
        command += ["-d", data]
    subprocess.run(command)  # expect: GET /v2/api/conversations/items/{id} [CONVERSATIONS_READ] possible; POST /v2/api/conversations/items/search [CONVERSATIONS_READ] possible


def open_ended(options, path):
    subprocess.run(["curl", *options, f"{BASE}/conversations/items/search"])  # expect: unresolved
    subprocess.run(["curl", "-X", "POST", *options, f"{BASE}/conversations/items/search"])  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] possible
    subprocess.run(["curl", *options])  # expect: unresolved


def no_call(command):
    subprocess.run(command)
    subprocess.run(["git", "clone", f"{BASE}/tags"])
    subprocess.run(["echo", "curl", f"{BASE}/tags"])
    os.system(f"echo curl {BASE}/tags # curl {BASE}/users")
    subprocess.run(["curl", "-e", f"{BASE}/tags", "https://example.com/"])
    print(f"curl -H 'Authorization: Api-Key …' {BASE}/tags")
