"""Write the contracts for readers in other languages: JSON Schemas and an AsyncAPI document."""

import json
from pathlib import Path
from typing import Any

from schemas.events import (
    ArticleEvent,
    CampaignChanged,
    ColumnChanged,
    DeliveryChanged,
    Event,
    RecordParked,
    UnitChanged,
    VersionShown,
)
from schemas.topics import ARTICLES, DEAD, DELIVERIES, EXPRESS, REGISTRY, TOPICS, Topic

GENERATED = Path(__file__).parent / "generated"

EVENTS_BY_TOPIC: dict[Topic, tuple[type[Event], ...]] = {
    ARTICLES: (ArticleEvent,),
    EXPRESS: (ArticleEvent,),
    REGISTRY: (UnitChanged, ColumnChanged, CampaignChanged),
    DELIVERIES: (VersionShown, DeliveryChanged),
    DEAD: (RecordParked,),
}
"""What may stand in each topic."""


def documents() -> dict[str, str]:
    """Give the text of every generated file by its name."""
    models = {model for models in EVENTS_BY_TOPIC.values() for model in models}
    files = {f"{model.__name__}.schema.json": _schema(model) for model in models}
    files["asyncapi.json"] = _asyncapi()
    return {name: _json(document) for name, document in sorted(files.items())}


def _schema(model: type[Event]) -> dict[str, Any]:
    schema = model.model_json_schema(mode="serialization", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _asyncapi() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "tinbai",
            "version": "1",
            "description": "What the services of tinbai say to each other over Apache Kafka.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {f"read.{topic.name}": _reading(topic) for topic in TOPICS},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "messages": {model.__name__: _message(model) for model in EVENTS_BY_TOPIC[topic]},
        "bindings": {
            "kafka": {
                "bindingVersion": "0.5.0",
                "topic": topic.name,
                "partitions": topic.partitions,
                "x-configs": topic.config,
            }
        },
    }


def _message(model: type[Event]) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "summary": (model.__doc__ or "").split(".")[0],
        "payload": {"$ref": f"./{model.__name__}.schema.json"},
    }


def _reading(topic: Topic) -> dict[str, Any]:
    return {"action": "receive", "channel": {"$ref": f"#/channels/{topic.name}"}}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file."""
    GENERATED.mkdir(exist_ok=True)
    for name, text in documents().items():
        (GENERATED / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
