import argparse

from tool.api import Api


def parser():
    p = argparse.ArgumentParser()
    p.add_argument("--base", default="https://api.withallo.com/v2/api")
    p.add_argument("--key", required=True)
    commands = p.add_subparsers(dest="command")
    commands.add_parser("tags").set_defaults(run=tags)
    commands.add_parser("users").set_defaults(run=users)
    return p


def tags(api: Api):
    return api.fetch("tags")  # expect: GET /v2/api/tags [TAGS_READ] definite


def users(api: Api):
    return api.fetch("users")  # expect: GET /v2/api/users [USERS_READ] definite


def main():
    args = parser().parse_args()
    api = Api(args.base, args.key)
    args.run(api)
    api.fetch("numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


main()
