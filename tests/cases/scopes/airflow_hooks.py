"""Airflow: the base URL is a connection's, which the program only names."""
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor


def pull():
    hook = HttpHook(method="GET", http_conn_id="allo_api")
    hook.run(endpoint="v2/api/users")  # expect: GET /v2/api/users [USERS_READ] possible
    HttpHook(http_conn_id="allo_api").run("v2/api/threads", data="{}")  # expect: POST /v2/api/threads [THREADS_WRITE] possible
    HttpHook("GET").run("https://api.withallo.com/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    HttpHook("GET", http_conn_id="hubspot").run("crm/v3/objects/contacts")
    HttpHook("GET", "allo_api").run("https://api.example.org/v2/api/users")


tags = HttpOperator(task_id="tags", http_conn_id="allo_api", endpoint="/v2/api/tags", method="GET")  # expect: GET /v2/api/tags [TAGS_READ] possible
ready = HttpSensor(task_id="ready", http_conn_id="allo_api", endpoint="/v2/api/me")  # expect: GET /v2/api/me [] possible
HttpOperator(task_id="people", http_conn_id="salesforce", endpoint="/services/data/v60.0/query", method="GET")
