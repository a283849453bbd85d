"""`make migration NAME="…" SERVICE=syndicate`: what changed in the tables becomes a step."""

import sys

from services.common.migrating import write_step
from services.syndicate.migrations import FOLDER

if __name__ == "__main__":
    write_step(FOLDER, sys.argv[1])
