"""The local stack: the broker, its supervisor, and the command line `tinbai`."""
