"""A paper's past, made up: articles that are corrected, taken back, erased, or expire."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from schemas.article import Article
from services.archive.articles.changes import Change, Erased
from tests.factories import NOON, article, erasure, retraction

SYLLABLES = re.findall(
    r"\w+",
    "hải quan cảng biển hàng hoá thông quan kiểm tra doanh nghiệp xuất khẩu nhập thuế tờ khai "
    "điện tử cửa khẩu biên giới buôn lậu bắt giữ ngà voi ma tuý rượu vàng gỗ container tàu "
    "hệ thống nâng cấp đào tạo cán bộ lãnh đạo hội nghị quốc tế hợp tác quy định nghị thông tư "
    "miền trung tây nguyên đồng bằng sông hồng cửu long lạng sơn móng cái hữu nghị tân thanh",
)
UNITS = ("HQHP", "HQLS", "HQQN", "HQDN")
COLUMNS = ("chong-buon-lau", "cai-cach", None)


class Past:
    """Some articles with all that became of them, the same for the same seed."""

    def __init__(self, articles: int, seed: int = 1) -> None:
        self._chance = Random(seed)
        self.log: list[Change] = []
        """As Kafka has it: the versions of an article in their order, articles mixed."""
        self.ids = [UUID(int=number + 1) for number in range(articles)]
        ways = [list(self._way(id_, number)) for number, id_ in enumerate(self.ids)]
        while ways:
            way = self._chance.choice(ways)
            self.log.append(way.pop(0))
            if not way:
                ways.remove(way)

    def arrivals(self) -> Sequence[Change]:
        """Give the same changes in another order, some of them twice."""
        arrived = [*self.log, *self._chance.choices(self.log, k=len(self.log) // 10)]
        for at in range(len(arrived) - 1):
            other = min(len(arrived) - 1, at + self._chance.randrange(20))
            arrived[at], arrived[other] = arrived[other], arrived[at]
        return arrived

    def kept(self) -> Sequence[Change]:
        """Give what the log holds when compaction is through with it."""
        erased = {(each.id, each.version) for each in self.log if isinstance(each, Erased)}
        return [
            each
            for each in self.log
            if isinstance(each, Erased) or (each.id, each.version) not in erased
        ]

    def questions(self, count: int) -> Iterator[str]:
        """Give what is typed into a search box."""
        for _ in range(count):
            words = self._words(self._chance.randint(1, 4))
            match self._chance.randrange(5):
                case 0:
                    yield f'"{" ".join(words[:2])}"'
                case 1 if len(words) > 1:
                    yield f"{' '.join(words[:-1])} -{words[-1]}"
                case _:
                    yield " ".join(words)

    def _way(self, id_: UUID, number: int) -> Iterator[Change]:
        yield self._version(id_, 1, number)
        last = 1 + self._chance.choice([0] * 8 + [1, 2])
        for version in range(2, last + 1):
            yield self._version(id_, version, number)
        match self._chance.randrange(12):
            case 0:
                yield retraction(id_, last + 1)
            case 1:
                yield self._version(id_, last + 1, number, pub_status="withheld")
            case 2:
                yield erasure(id_, last + 1)
                yield from (Erased(id_, version) for version in range(1, last + 1))

    def _version(self, id_: UUID, version: int, number: int, **fields: Any) -> Article:
        at = NOON + timedelta(minutes=number // 2)  # two at a time
        return article(
            id=id_,
            version=version,
            headline=" ".join(self._words(8)).capitalize(),
            lead=" ".join(self._words(20)),
            body=f"<p>{' '.join(self._words(self._chance.randint(40, 160)))}</p>",
            unit=self._chance.choice(UNITS),
            column=self._chance.choice(COLUMNS),
            published=at,
            updated=at + timedelta(hours=version),
            **fields,
        )

    def _words(self, count: int) -> list[str]:
        # Some are in many articles and some in few.
        return [SYLLABLES[int(len(SYLLABLES) * self._chance.random() ** 1.7)] for _ in range(count)]
