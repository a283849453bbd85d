"""`make migration NAME="…" SERVICE=ingest`: what changed in `tables.py` becomes a step."""

import sys

from services.common.migrating import write_step
from services.ingest.migrations import FOLDER

if __name__ == "__main__":
    write_step(FOLDER, sys.argv[1])
