"""How long to wait before a process that died is started again."""

FIRST = 0.2
LONGEST = 5.0
HEALTHY = 10.0


class Backoff:
    """0.2 s, doubling to 5 s; from the beginning again after 10 s of health."""

    def __init__(self) -> None:
        self._next = FIRST

    def pause(self, ran_for: float) -> float:
        """Give the pause in seconds after a run of `ran_for` seconds."""
        pause = FIRST if ran_for >= HEALTHY else self._next
        self._next = min(pause * 2, LONGEST)
        return pause
