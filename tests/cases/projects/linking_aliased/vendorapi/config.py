BASE = "https://api.withallo.com/v2/api"


class paths:
    threads = "/threads"
