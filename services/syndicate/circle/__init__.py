"""The circle closed: acknowledgements, deadlines of retractions, and whether the text is gone.

`asking` notes who has to take down what (`takedowns`), `worker` reminds and counts, `acknowledging`
takes `words` of partners in. `looking` goes to the `places` that they named, and knows a text again
by its `prints`. `report` puts it together for the newsroom, of `cases` that `reading` has read.
"""
