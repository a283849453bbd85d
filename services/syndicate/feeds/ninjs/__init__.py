"""IPTC ninjs 3.1: news in JSON (https://www.iptc.org/std/ninjs/)."""
