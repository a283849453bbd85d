"""archive: event in, history and index out."""

import os

# Comparing articles takes fractions of a millisecond: more threads would spin for longer than that.
# numpy's linear algebra reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
