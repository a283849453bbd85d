"""Deliveries: entries pushed to partners, by each way on its own.

The engine, in the order of a delivery's life: `queueing`, `pushing` (lanes), `claims`, `loading`
(as things stand right before), `attempts`, `ledger` and `outcomes`, `schedule`, `upkeep`. A way
is one function (`sending`): `webhooks`; `filing`, to a `folder`, an `object_store` or by `sftp`;
`email`. What goes by it: `documents`, `files`, `mail`, and a `stand_in` for what must be taken
down. `ways` stores them; the newsroom makes and watches them in `*_routes`.
"""
