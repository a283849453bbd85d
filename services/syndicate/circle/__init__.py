"""The circle closed: acknowledgements, deadlines of retractions, and whether the text is gone."""
