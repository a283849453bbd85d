"""Deliveries: entries on their way to partners, each article in order.

In the order of a delivery's life: `queueing`, `pushing` (lanes), `claims`, `loading` (as things
stand right before), `attempts`, `ledger` and `outcomes`, `schedule`, `upkeep`. What carries it is
one of `services/syndicate/ways`.
"""
