"""What can be asked of the archive: articles, lists, search and related news, on any engine.

Search: a `SearchRequest` holds a `Question` (as typed); with the units that it names that is a
`Reading`, with filters a `Query`. The engine's `View` gives `contract.Hit`s, which are records; a
page of them, read, is a `Found` of `catalogue.Hit`s, and with facets and a cursor an `Answer`.

Related news: an `Asker` (an article, or a text) with the rarity of its terms is an `Asking`. The
engine's `View` gives `Sketch`es, whose signatures are `Compared`; of the `Ranking` those that are
chosen are read as `Brief`s, and with reasons they are `Related`.

`views` are not the engine's: they are what the public JSON says of all this.
"""
