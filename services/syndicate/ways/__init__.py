"""Ways: how partners are pushed to. Each is one function (`sending`), and knows nothing of queues.

`webhooks`; files (`filing`), to a folder, an object store or by SFTP; `mail`. What goes by them:
`documents`, and a `stand_in` for what must be taken down. `store` keeps the ways; the newsroom
makes and watches them (`routes`, `webhook_routes`).
"""
