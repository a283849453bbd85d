"""Partners: who they are, their keys, what the newsroom sets."""
