"""A partner's side in a box: it receives, fetches, acknowledges and shows, well or badly."""
