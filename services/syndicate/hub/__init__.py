"""WebSub (https://www.w3.org/TR/websub/): who subscribed is told of changes of public feeds."""
