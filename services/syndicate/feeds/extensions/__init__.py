"""What feedgen 1.0 lacks or gets wrong, mended through its own extension interface."""
