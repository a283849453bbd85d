"""What a partner did with what it was told, judged purely from the timelines of the tests."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["published", "corrected", "retracted"]
Verdict = Literal["done", "taken", "refused", "silent", "failed", "too early", "not told"]

_MEANING: Mapping[Verdict, str] = {
    "done": "it said that it did it",
    "taken": "its system took it, but it did not say what it did",
    "refused": "it refused",
    "silent": "it was told, and said nothing",
    "failed": "it could not be reached",
    "too early": "it was told before the embargo ended: a fault of ours",
    "not told": "it was not told within the time: a fault of ours",
}
_WISHED: Mapping[Kind, str] = {
    "published": "applied",
    "corrected": "applied",
    "retracted": "removed",
}

Items = Sequence[Mapping[str, Any]]
"""Of an article's timeline."""


@dataclass(frozen=True)
class Task:
    """Something that the partner is told, and has to act on."""

    name: str
    kind: Kind
    article: str
    version: int
    sent: datetime
    not_before: datetime | None = None
    """When its embargo ends."""


@dataclass(frozen=True)
class Finding:
    """What the partner did."""

    task: Task
    verdict: Verdict
    told: datetime | None
    delivered: datetime | None
    """By a push."""
    acknowledged: datetime | None
    state: str | None
    """Its own word for what it did."""

    @property
    def seconds(self) -> float | None:
        """How long it took, from when it could know of it."""
        if self.told is None or self.acknowledged is None:
            return None
        return round(max(0.0, (self.acknowledged - self.told).total_seconds()), 3)


@dataclass(frozen=True)
class Certificate:
    """What a drill found."""

    partner: str
    name: str
    unit: str
    began: datetime
    ended: datetime
    findings: Sequence[Finding]
    left: Sequence[str] = ()
    """Tests that could not be taken back."""

    @property
    def conformant(self) -> bool:
        """Whether it did everything, and said so."""
        return bool(self.findings) and all(each.verdict == "done" for each in self.findings)

    def as_text(self) -> str:
        """For people: a line for each task, then the verdict."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.partner} ({self.name}), {self.began.isoformat(timespec='seconds')}"
        yield ""
        for each in self.findings:
            took = "" if each.seconds is None else f"  {each.seconds:.1f} s"
            yield f"{each.task.name:<24} {each.verdict:<10} {_MEANING[each.verdict]}{took}"
        yield ""
        done = sum(each.verdict == "done" for each in self.findings)
        word = "conformant" if self.conformant else "NOT conformant"
        yield f"{done} of {len(self.findings)} done: {word}."
        for article in self.left:
            yield f"Test {article} could not be taken back; the next drill does it."

    def as_json(self) -> str:
        """For scripts, and to keep."""
        findings = [
            asdict(each.task)
            | {name: value for name, value in asdict(each).items() if name != "task"}
            | {"seconds": each.seconds}
            for each in self.findings
        ]
        whole = asdict(self) | {"findings": findings, "conformant": self.conformant}
        return json.dumps(whole, indent=2, ensure_ascii=False, default=datetime.isoformat)


def judge(task: Task, partner: str, items: Items) -> Finding:
    """Say from the article's timeline what the partner did with one version."""
    ours = [
        item
        for item in items
        if item["version"] == task.version and partner in item.get("partners", ())
    ]
    told, delivered, failed = (_first(ours, event) for event in ("queued", "delivered", "failed"))
    words = {item["detail"]: item for item in reversed(_of(ours, "acknowledged"))}
    done = words.get(_WISHED[task.kind])
    word = done or words.get("refused") or next(iter(words.values()), None)
    if told is None:
        verdict: Verdict = "not told"
    elif task.not_before and told < task.not_before:
        verdict = "too early"
    elif done:
        verdict = "done"
    elif "refused" in words:
        verdict = "refused"
    elif words or delivered:
        verdict = "taken"
    else:
        verdict = "failed" if failed else "silent"
    return Finding(
        task,
        verdict,
        told,
        delivered,
        datetime.fromisoformat(word["at"]) if word else None,
        word["detail"] if word else None,
    )


def _of(items: Items, event: str) -> Items:
    return [item for item in items if item["event"] == event]


def _first(items: Items, event: str) -> datetime | None:
    times = [datetime.fromisoformat(item["at"]) for item in _of(items, event)]
    return min(times, default=None)
