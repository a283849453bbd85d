"""What NewsML-G2 says of an item and of its content, in the order that the schema wants."""

from lxml.etree import _Element

from services.syndicate.feeds.extensions.elements import add
from services.syndicate.feeds.newsml.shape import Block, Concept, Link, NewsItem, RemoteContent


def add_item_meta(root: _Element, item: NewsItem) -> None:
    """Say what the item is."""
    meta = add(root, "itemMeta")
    add(meta, "itemClass", qcode=item.item_class)
    _concept(meta, "provider", item.provider)
    add(meta, "versionCreated", item.version_created.isoformat())
    add(meta, "firstCreated", item.first_created.isoformat())
    if item.embargoed:
        add(meta, "embargoed", item.embargoed.isoformat())
    add(meta, "pubStatus", qcode=item.pub_status)
    add(meta, "profile", item.profile)
    add(meta, "title", item.title)
    if item.ed_note:
        add(meta, "edNote", item.ed_note)
    for signal in item.signals:
        add(meta, "signal", qcode=signal)
    if item.expires:
        add(meta, "expires", item.expires.isoformat())
    for link in item.links:
        _link(meta, link)


def add_content_meta(root: _Element, item: NewsItem) -> None:
    """Say what the content is."""
    meta = add(root, "contentMeta")
    if item.urgency:
        add(meta, "urgency", str(item.urgency))
    for creator in item.creators:
        _concept(meta, "creator", creator)
    for contributor in item.contributors:
        _concept(meta, "contributor", contributor)
    for alt_id in item.alt_ids:
        add(meta, "altId", alt_id.text, type=alt_id.role)
    add(meta, "language", tag=item.language)
    for genre in item.genres:
        _concept(meta, "genre", genre)
    for keyword in item.keywords:
        add(meta, "keyword", keyword)
    for subject in item.subjects:
        _concept(meta, "subject", subject)
    add(meta, "headline", item.headline)
    if item.by:
        add(meta, "by", item.by)
    for description in item.descriptions:
        _block(meta, "description", description)


def _concept(parent: _Element, tag: str, concept: Concept) -> None:
    said = add(parent, tag, qcode=concept.qcode, role=concept.role, type=concept.type)
    if concept.name:
        add(said, "name", concept.name)


def _block(parent: _Element, tag: str, block: Block) -> None:
    add(parent, tag, block.text, role=block.role)


def _link(parent: _Element, link: Link) -> None:
    said = add(
        parent,
        "link",
        rel=link.rel,
        href=link.href,
        residref=link.residref,
        contenttype=link.contenttype,
    )
    if link.item_class:
        add(said, "itemClass", qcode=link.item_class)
    if link.provider:
        add(add(said, "provider"), "name", link.provider)
    if link.headline:
        add(said, "headline", link.headline)
    if link.creditline:
        add(said, "creditline", link.creditline)
    if link.description:
        _block(said, "description", link.description)
    if link.files:
        files = add(said, "contentSet")
        for file in link.files:
            _remote_content(files, file)


def _remote_content(parent: _Element, file: RemoteContent) -> None:
    add(
        parent,
        "remoteContent",
        rendition=file.rendition,
        href=file.href,
        contenttype=file.contenttype,
        size=file.size,
        width=file.width,
        height=file.height,
        duration=file.duration,
    )
