"""The API of other programs: `/api/v1`, beside the pages, over the same services and the same scope.

Reached with a token alone: no cookie counts here, and so no CSRF token is asked for.
"""
