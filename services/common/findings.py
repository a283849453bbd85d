"""What pydantic finds wrong, in sentences for people who don't program."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from schemas.registry import MEDIA_TOPIC_FORM
from schemas.text import CODE_FORM, LANGUAGE_FORM
from services.common.said import Said, said
from services.common.translation import template_of

_NUMBER = "must be a whole number"
_DATE = "must be a date such as 2026-03-02"
_TIME = "must be a time with an offset (RFC 3339), like 2026-03-02T08:00:00+07:00"
_ID = "must be an id such as 0198c0de-0000-7000-8000-000000000000"
_LIST = "must be a list"
_GROUP = "must be a group of named fields in curly brackets"
_ADDRESS = "must be an http or https address"
UNUSABLE = "this value can't be used here"

SENTENCES = {
    "missing": "this field is needed",
    "extra_forbidden": "there is no field of this name",
    "none_required": "must be left out",
    "string_type": "must be text",
    "string_unicode": "holds half of a character",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "enum": "must be one of: {expected}",
    "literal_error": "must be one of: {expected}",
    "list_type": _LIST,
    "set_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _GROUP,
    "mapping_type": _GROUP,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "uuid_version": _ID,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "url_scheme": _ADDRESS,
    "value_error": UNUSABLE,
    "assertion_error": UNUSABLE,
}
"""By pydantic's type of error, with the placeholders that its context fills."""

FORMS = {
    CODE_FORM: "may hold letters without marks, digits, and . _ - only; at most 64 of them",
    LANGUAGE_FORM: "must be a language tag such as vi or en",
    MEDIA_TOPIC_FORM: "must be an IPTC Media Topic such as medtop:04000000",
}
"""By the pattern that a text doesn't match: nobody should have to read one."""

BAD_FORM = "is not in the form that is needed here"

_QUOTED = re.compile(r"""(['"])(.*?)\1""")


def plain(error: ErrorDetails) -> Said:
    """Say what is wrong. What was sent is not repeated."""
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        return said(FORMS.get(context["pattern"], BAD_FORM))
    if context.get("field_type") == "Value":  # a text that passed a validator of our own
        kind = f"string_{kind}"
    if kind in SENTENCES:
        return said(SENTENCES[kind], **_shown(context))
    # An error of our own: its sentence is as we wrote it.
    return said(template_of(error["msg"], context) or UNUSABLE, **context)


def _shown(context: Mapping[str, Any]) -> dict[str, Any]:
    if "expected" not in context:
        return dict(context)
    # pydantic writes 'a', 'b' or 'c': the "or" would have to be translated.
    return {"expected": ", ".join(word for _, word in _QUOTED.findall(context["expected"]))}
