"""curl through subprocess and the shell: a call of another program, so never more than possible."""
import os
import shlex
import subprocess
from subprocess import check_output, run

KEY = os.environ["ALLO_API_KEY"]
URL = "https://api.withallo.com/v2/api"


def lists(ident):
    subprocess.run(["curl", "-s", "https://api.withallo.com/v2/api/tags", "-H", f"Authorization: Api-Key {KEY}"], check=True)  # expect: GET /v2/api/tags [TAGS_READ] possible key=env:ALLO_API_KEY
    run(["curl", "-X", "DELETE", f"{URL}/crm/views/{ident}", "-H", f"Authorization: Api-Key {KEY}"])  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] possible key=env:ALLO_API_KEY
    check_output(["curl", "--request", "PUT", "--data", "{}", URL + f"/conversations/{ident}/pin"])  # expect: PUT /v2/api/conversations/{contact_number}/pin [CONVERSATIONS_WRITE] possible
    subprocess.check_output(["/usr/bin/curl", "-sS", "-d", "@body.json", f"{URL}/conversations/items/search"])  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] possible


def shells(ident):
    os.system("curl -H 'Authorization: Api-Key " + KEY + "' https://api.withallo.com/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] possible key=env:ALLO_API_KEY
    subprocess.run(f"curl -s -XPOST {URL}/threads/{ident}/resolve | jq .", shell=True)  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] possible
    subprocess.Popen(shlex.split("curl https://api.withallo.com/v2/api/numbers"))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] possible
    os.popen(f'curl --json "{{}}" {URL}/threads').read()  # expect: POST /v2/api/threads [THREADS_WRITE] possible


def others():
    subprocess.run(["echo", "https://api.withallo.com/v2/api/tags"])
    subprocess.run(["curl", "https://example.org/v2/api/tags"])
    subprocess.run(["git", "clone", "https://api.withallo.com/v2/api/tags"])
