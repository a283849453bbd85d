"""A client for units: hand articles in to tinbai, correct them, take them back.

Every call may safely be made again, and is, some seconds apart, when the network or the service
fails. `Refused` means that something is wrong with what was sent, `Unavailable` that it could not
be handed in for now.
"""

from tinbai_client.client import Client
from tinbai_client.errors import Refused, Unavailable
from tinbai_client.words import Article, Change, Event, Media, Result, Submission, WholeArticle

__all__ = [
    "Article",
    "Change",
    "Client",
    "Event",
    "Media",
    "Refused",
    "Result",
    "Submission",
    "Unavailable",
    "WholeArticle",
]
