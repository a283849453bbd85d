"""`tinbai partner drill`: does a partner do what it is told? Tests that it alone gets say so."""
