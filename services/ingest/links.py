"""What an article says of others of ours: whose translation it is, whose successor."""

from uuid import UUID

from sqlalchemy import Connection

from services.common.given import refused
from services.common.problems import FieldError
from services.common.said import said
from services.ingest import store
from services.ingest.lifecycle import State
from services.ingest.submission import Change, Submission


def check(conn: Connection, caller: str | None, state: State, given: Submission) -> None:
    """Raise Problem where `given` names an article that the caller can't name so.

    One that is another unit's looks as if it did not exist.
    """
    errors = [*_of_translation(conn, caller, state, given), *_of_successor(conn, caller, given)]
    if errors:
        raise refused(errors)


def _of_translation(
    conn: Connection, caller: str | None, state: State, given: Submission
) -> list[FieldError]:
    pointer = "/translation_of"
    if given.translation_of is None:
        return []
    if given.translation_of == state.id:
        return [FieldError(pointer, said("an article is no translation of itself"), "itself")]
    original = _find(conn, caller, given.translation_of)
    if original is None:
        return [_unknown(pointer)]
    if not original.ended and _language(conn, original) == given.language.lower():
        detail = said("the original is in the same language, {language}", language=given.language)
        return [FieldError(pointer, detail, "language")]
    return []


def _of_successor(conn: Connection, caller: str | None, given: Submission) -> list[FieldError]:
    pointer = "/replaces"
    if given.replaces is None:
        return []
    replaced = _find(conn, caller, given.replaces)
    if replaced is None:
        return [_unknown(pointer)]
    if not replaced.ended:
        detail = said("only an article that was taken back can be replaced; change this one")
        return [FieldError(pointer, detail, "not_retracted")]
    return []


def _find(conn: Connection, caller: str | None, article: UUID) -> State | None:
    state = store.find(conn, article)
    return state if state and caller in (None, state.unit) else None


def _language(conn: Connection, original: State) -> str:
    stored = store.submission_of(conn, original.id, original.version).submission
    return Change.model_validate_json(stored).language.lower()


def _unknown(pointer: str) -> FieldError:
    return FieldError(pointer, said("there is no such article"), "unknown")
