"""Why: what became of an article at a partner, and what would become of it by another product."""
