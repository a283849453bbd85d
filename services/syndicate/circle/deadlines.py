"""When a retraction is due at a partner, and what it is by then. Pure."""

from datetime import datetime
from enum import StrEnum

_LEFT_AT_REMINDER = 4  # a quarter of the time


class State(StrEnum):
    """How far a retraction has come at a partner."""

    WAITING = "waiting"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    DONE = "done"


OPEN = (State.WAITING, State.REMINDED, State.OVERDUE)
"""Where the partner's word is waited for."""


def reminder_at(since: datetime, deadline: datetime) -> datetime:
    """Say when a quarter of the time is left."""
    return deadline - (deadline - since) / _LEFT_AT_REMINDER


def next_at(state: State, since: datetime, deadline: datetime) -> datetime | None:
    """Say when it becomes something else by itself; nothing if it doesn't."""
    match state:
        case State.WAITING:
            return reminder_at(since, deadline)
        case State.REMINDED:
            return deadline
        case State.OVERDUE | State.DONE:
            return None


def after(state: State, since: datetime, deadline: datetime, at: datetime) -> State:
    """Say what it is at a time. Where nobody looked for long, the reminder is left out."""
    if state in (State.OVERDUE, State.DONE):
        return state
    if at >= deadline:
        return State.OVERDUE
    return State.REMINDED if at >= reminder_at(since, deadline) else state
