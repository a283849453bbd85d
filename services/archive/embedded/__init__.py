"""The engine in this process: a Tantivy index in a folder."""
