"""What crawlers may read (RFC 9309), and where the sitemap is."""

from services.syndicate.feeds.site import Site


def robots(site: Site) -> bytes:
    """Everything but what wants a key."""
    lines = [
        "User-agent: *",
        "Allow: /",
        "Disallow: /partners/",
        "Disallow: /v1/",
        "",
        f"Sitemap: {site.syndicate_url}/sitemap-news.xml",
    ]
    return "".join(f"{line}\n" for line in lines).encode()
