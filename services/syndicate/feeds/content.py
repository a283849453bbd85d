"""The text of an article as HTML for feeds: what readers must know on top, and then its body."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import unquote

from lxml.html import HtmlElement, HTMLParser, fragment_fromstring, tostring

from schemas.article import Article, Media
from services.syndicate.feeds.words import words_in

# Begins with what is rare, or it would take longer than all the rest.
_RELATIVE = re.compile(r'="(?:(?<=href=")|(?<=src="))(?!https?:|mailto:|tel:)')
_SCHEME = re.compile(r"^https?:", re.IGNORECASE)
_EMPTY_WITHOUT = ("a", "p", "figure")  # what is nothing without the picture in it
_LEADS_TO_FILES = ("<img", "<a ")
# Characters. What is longer was not closed, and holds the rest of the article.
_CAPTION = 1000


def content_of(article: Article, link: str) -> str:
    """Make the content; `link` is the article's own address."""
    return "".join([*_notes(article), without_withheld(article, link)])


def paragraph(text: str) -> str:
    """Make HTML of plain text, with its line breaks."""
    return f"<p>{_lines(text)}</p>"


def _notes(article: Article) -> Iterator[str]:
    words = words_in(article.language)
    if article.correction_note.strip():
        note = _lines(article.correction_note)
        yield f"<p><strong>{words.correction}:</strong> {note}</p>"
    if rebutted := article.rebuts:
        label = words.accepts if rebutted.stance == "accepted" else words.disputes
        link = f'<a href="{escape(rebutted.url)}">{escape(rebutted.title, quote=False)}</a>'
        outlet = escape(rebutted.outlet, quote=False)
        yield f"<p><strong>{label}:</strong> {link} ({outlet})</p>"


def _lines(text: str) -> str:
    return "<br>".join(escape(text.strip(), quote=False).splitlines())


def without_withheld(article: Article, link: str) -> str:
    """Give the body without pictures whose rights end at our own pages; mostly, as it is."""
    withheld = [media for media in article.media if not media.syndicate]
    relative = _RELATIVE.search(article.body)
    if not relative and not (withheld and any(tag in article.body for tag in _LEADS_TO_FILES)):
        return article.body
    # A small tree ends at a depth of 256; ingest lets 300 tags through in whatever order.
    parser = HTMLParser(huge_tree=True)
    root = fragment_fromstring(article.body, create_parent="div", parser=parser)
    pictures = [each for each in root.iter("img") if _is_of(each.get("src"), withheld)]
    links = [each for each in root.iter("a") if _is_of(each.get("href"), withheld)]
    if not relative and not pictures and not links:
        return article.body
    for picture in pictures:
        _take_out(picture)
    for link_to_it in links:
        if link_to_it.getparent() is not None:  # it may have been taken out with its picture
            link_to_it.drop_tag()
    root.make_links_absolute(link, handle_failures="discard")
    whole = tostring(root, encoding="unicode")
    return whole.removeprefix("<div>").removesuffix("</div>")


def _is_of(address: str | None, withheld: Sequence[Media]) -> bool:
    return bool(address) and any(_shows(address or "", media) for media in withheld)


def _shows(src: str, media: Media) -> bool:
    """Say whether an address is a file's, in any size: pages of papers ask for `…?w=640`."""
    if media.id and str(media.id) in src:
        return True
    shown, file = _bare(src), _bare(media.href)
    return shown == file or shown.startswith((f"{file}?", f"{file}&"))


def _bare(address: str) -> str:
    return unquote(_SCHEME.sub("", address.partition("#")[0])).lower()


def _take_out(picture: HtmlElement) -> None:
    """Remove a picture with its caption, and what then surrounds nothing: its figure, its link."""
    for figure in picture.iterancestors("figure"):
        if len(list(figure.iter("img"))) == 1:
            _drop_captions(figure)
    gone, parent = picture, picture.getparent()
    _drop(gone)
    while parent is not None and parent.tag in _EMPTY_WITHOUT and _is_empty(parent):
        gone, parent = parent, parent.getparent()
        _drop(gone)


def _drop_captions(figure: HtmlElement) -> None:
    for caption in list(figure.iter("figcaption")):
        if caption.getparent() is not None and len(caption.text_content()) <= _CAPTION:
            _drop(caption)


def _drop(element: HtmlElement) -> None:
    """Remove an element; the words before and after it stay two words."""
    if element.tail and not element.tail[0].isspace():
        element.tail = f" {element.tail}"
    element.drop_tree()


def _is_empty(element: HtmlElement) -> bool:
    return not len(element) and not (element.text or "").strip()
