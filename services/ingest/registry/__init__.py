"""Units, columns and campaigns: entries, rules, and the registry as one document."""
