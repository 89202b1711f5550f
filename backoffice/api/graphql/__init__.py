"""`/graphql`: what `/api/v1` reads, asked for by shape. Read-only, over the same operations, scopes and units.

`shapes` makes the types of the models that the API tells, `loaders` read what hangs on a page in one query for all of
it, `limits` refuses a query before it is run, `route` answers. Nothing here writes: the transaction is read-only.
"""
