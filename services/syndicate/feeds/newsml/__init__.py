"""IPTC NewsML-G2 2.35, conformance `power` (https://iptc.org/standards/newsml-g2/)."""
