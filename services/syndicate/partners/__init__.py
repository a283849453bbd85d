"""Partners: who they are, what the newsroom sets, and who is let in by which key."""
