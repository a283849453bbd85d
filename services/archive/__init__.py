"""archive: event in, history and index out."""

import os

# Readers are served side by side, and the matrices of related news are small: threads of BLAS for
# each only wait for one another, busily. It is read when numpy is loaded, which none has before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
