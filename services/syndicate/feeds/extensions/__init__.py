"""What feedgen 1.0 lacks or gets wrong, mended through its own extension interface."""

from email.utils import format_datetime

import feedgen.entry
import feedgen.feed

# The one thing that no extension can mend: feedgen's own sets the locale of the whole process and
# sets it back, for each date.
feedgen.entry.formatRFC2822 = feedgen.feed.formatRFC2822 = format_datetime
