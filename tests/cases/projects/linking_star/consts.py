BASE = "https://api.withallo.com/v2/api"
TAGS = BASE + "/tags"
_PRIVATE = BASE + "/users"
