"""The press: what stands in each feed, made when something changes, and never when it is read."""
