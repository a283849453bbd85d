"""Who may do what, and who did it: keys, signed requests, rate limits, the audit trail."""
