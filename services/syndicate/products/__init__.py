"""Products: which articles a partner gets, decided purely, and said in a sentence."""
