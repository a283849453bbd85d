"""The same story, told twice."""
