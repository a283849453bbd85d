"""The engine on other machines: an index in an OpenSearch cluster, which many archives share."""
