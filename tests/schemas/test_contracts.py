"""The contracts hold for every example, and what is generated from them is fresh."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from schemas import generate
from schemas.events import ArticleEvent, DeliveryEvent, Event, RecordParked, RegistryEvent
from schemas.generate import EVENTS_BY_TOPIC, GENERATED
from schemas.topics import ARTICLES, TOPICS

EXAMPLES = sorted((Path(generate.__file__).parent / "examples").glob("*.json"))
ANY_EVENT: TypeAdapter[Event] = TypeAdapter(
    ArticleEvent | RegistryEvent | DeliveryEvent | RecordParked
)


def read(path: Path) -> dict:
    return json.loads(path.read_text())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_an_event_and_comes_back_unchanged(path):
    event = ANY_EVENT.validate_python(read(path))

    again = ANY_EVENT.validate_json(event.to_bytes())

    assert again == event
    assert json.loads(event.to_bytes())["key"] == read(path)["key"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_the_generated_schema(path):
    event = ANY_EVENT.validate_python(read(path))
    schema = json.loads((GENERATED / f"{type(event).__name__}.schema.json").read_text())

    Draft202012Validator(schema).validate(json.loads(event.to_bytes()))


def test_every_event_type_has_an_example():
    seen = {type(ANY_EVENT.validate_python(read(path))) for path in EXAMPLES}

    assert seen == {model for models in EVENTS_BY_TOPIC.values() for model in models}


def test_generated_files_are_fresh_make_contracts_writes_them():
    written = {path.name: path.read_text() for path in GENERATED.iterdir()}

    assert written == generate.documents()


def test_the_asyncapi_document_names_every_topic_with_its_events():
    document = json.loads((GENERATED / "asyncapi.json").read_text())

    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    for channel in document["channels"].values():
        for message in channel["messages"].values():
            assert (GENERATED / message["payload"]["$ref"]).exists()


def test_all_versions_of_an_article_lie_in_one_partition_each_under_its_own_key():
    events = [
        ArticleEvent.model_validate(read(path))
        for path in EXAMPLES
        if path.stem in ("article.published", "article.corrected", "article.retracted")
    ]

    assert len({event.partition_in(ARTICLES) for event in events}) == 1
    assert len({event.record_key for event in events}) == 3
