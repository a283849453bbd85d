"""A made-up paper of some thousand articles, and questions to it: the same at each run."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from schemas.article import Article
from schemas.events import UnitChanged
from schemas.registry import Unit
from services.archive.articles.changes import Change
from services.archive.catalogue.filters import Filters
from services.common.ids import new_id
from tests.factories import NOON, TRACE, article, retraction

UNITS = {
    "HQHP": "Hải quan Hải Phòng",
    "HQHCM": "Hải quan Thành phố Hồ Chí Minh",
    "HQDN": "Hải quan Đà Nẵng",
    "HQQN": "Hải quan Quảng Ninh",
    "HQLS": "Hải quan Lạng Sơn",
}
COLUMNS = ("thoi-su", "chong-buon-lau", "thu-tuc", "doanh-nghiep", "quoc-te")
CAMPAIGNS = ("vnaccs", "cang-bien", "tet")
GENRES = ("news", "news", "news", "feature", "interview")
# Some words are common, most are rare, as in any language.
_LIST = """
hải quan thông tờ khai hàng hóa xuất nhập khẩu cửa doanh nghiệp thuế kiểm tra sau thủ tục cảng
biển tàu công ten nơ gỗ ngà voi thuốc lá điện tử rượu ngoại vàng miếng ma túy bắt giữ khởi tố
điều vụ án lô trị giá tỷ đồng triệu đô la khu vực phía bắc nam trung tỉnh thành phố sông cầu
đường sắt bay sân ga bưu chính kho ngoại quan phương tiện xe ô máy tính hệ thống mạng dữ liệu số
nâng cấp an toàn quản lý rủi ro ưu tiên đại lý giám sát niêm phong soi chiếu chó nghiệp cán bộ
công chức lễ kỷ niệm hội nghị tập huấn thi đua khen thưởng quyết định nghị luật sửa đổi bổ sung
văn bản hướng dẫn thực hiện hiệp định thương mại tự do xuất xứ giấy chứng nhận miễn giảm hoàn nợ
đọng cưỡng chế thanh tra khiếu nại tố cáo tham vấn giá phân loại mã áp dụng
"""
_SYLLABLES = _LIST.split()
_WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(_SYLLABLES))))


class Paper:
    """What happened to its articles, and what people ask of it."""

    def __init__(self, articles: int, *, changed: bool) -> None:
        self._random = Random(7)
        self.articles = [self._article(number) for number in range(articles)]
        self.changes: list[Change] = list(self._changes(changed))
        self.units = [_unit(code, name) for code, name in UNITS.items()]

    def questions(self, count: int) -> Iterator[tuple[str, Filters]]:
        """Give what is typed, and which filters are set."""
        for number in range(count):
            yield self._typed(number), self._filters() if number % 4 == 3 else Filters()

    def _article(self, number: int) -> Article:
        topic = self._words(6)
        return article(
            id=UUID(int=(number << 64) | 1 << 127),
            headline=self._text(8, topic),
            lead=self._text(15, topic) if number % 3 else "",
            body="".join(f"<p>{self._text(25, topic)}</p>" for _ in range(number % 5 + 1)),
            unit=self._random.choice([*UNITS]),
            column=self._random.choice([*COLUMNS, None]),
            campaigns=self._random.sample(CAMPAIGNS, number % 7 % 3),
            genre=self._random.choice(GENRES),
            published=NOON + timedelta(minutes=37 * number),
            updated=NOON + timedelta(minutes=37 * number),
        )

    def _changes(self, changed: bool) -> Iterator[Change]:
        for number, first in enumerate(self.articles):
            yield first
            if changed and number % 10 == 4:
                after = {"id": first.id, "version": 2, "headline": self._text(8, self._words(6))}
                yield article(**(first.model_dump() | after))
            elif changed and number % 20 == 9:
                yield retraction(first.id)

    def _typed(self, number: int) -> str:
        one = self._random.choice(self.articles)
        words = f"{one.headline} {one.lead}".lower().split()
        start = self._random.randrange(len(words) - 4)
        near, far = words[start : start + 3], self._words(2)
        return (
            " ".join(near[:2]),
            " ".join(near),
            far[0],
            " ".join(far),
            f'"{" ".join(near[:2])}"',
            f'"{" ".join(near)}" {far[0]}',
            f"{near[0]} -{far[0]}",
            f'{near[1]} {far[1]} -"{near[0]} {near[1]}"',
            self._random.choice([*UNITS.values()]),
            f"{near[0].upper()} {far[0].title()}",
        )[number % 10]

    def _filters(self) -> Filters:
        day = (NOON + timedelta(days=self._random.randrange(40))).date().isoformat()
        return Filters.model_validate(
            self._random.choice(
                [
                    {"unit": self._random.choice([*UNITS])},
                    {"column": self._random.choice(COLUMNS), "genre": "news"},
                    {"campaign": self._random.choice(CAMPAIGNS)},
                    {"from": day},
                    {"to": day, "genre": "feature"},
                ]
            )
        )

    def _text(self, words: int, topic: list[str]) -> str:
        chosen = [
            self._random.choice(topic) if self._random.random() < 0.3 else self._words(1)[0]
            for _ in range(words)
        ]
        return " ".join(chosen).capitalize()

    def _words(self, count: int) -> list[str]:
        return self._random.choices(_SYLLABLES, cum_weights=_WEIGHTS, k=count)


def _unit(code: str, name: str) -> UnitChanged:
    unit = Unit(code=code, name=name)
    return UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)
