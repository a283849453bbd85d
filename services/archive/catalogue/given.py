"""A text that is not published, as it is handed in to ask for related news."""

import html
import re
from typing import Annotated, Literal

from pydantic import Field

from schemas.text import FilledLine, Language, Prose
from services.archive.catalogue.asking import Asker, unpublished
from services.common.given import Given

MAX_BYTES = 512 * 1024
"""As much as an article may have."""

# Of any markup, however broken: a bracket that begins nothing ends the look for its end.
_TAG = re.compile("<[^<>]*>")


class GivenText(Given):
    """What an article would say, under the same limits."""

    headline: Annotated[FilledLine, Field(max_length=500)]
    lead: Annotated[Prose, Field(max_length=10_000)] = ""
    body: Prose
    body_format: Literal["html", "text", "markdown"] = "html"
    language: Language = "vi"
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    diverse: bool = False

    @property
    def asker(self) -> Asker:
        """Its words; of HTML, those between the tags."""
        text = self.body
        if self.body_format == "html":
            text = html.unescape(_TAG.sub(" ", text))
        return unpublished(self.headline, self.lead, text)
