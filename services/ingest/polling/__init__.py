"""Pull: units that only have a web site with a feed are polled, items become articles."""
