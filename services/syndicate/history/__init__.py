"""A feed's history: pages by which a reader walks back to the first article (RFC 5005, section 4).

docs/history.md tells partners, docs/decisions/0011 why it is as it is.
"""
