"""`tinbai partner apply`, `export` and `list`: partners and their products, for the newsroom."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from stack.applying import put
from stack.door import admin_key, ask, service_url
from stack.registry_diff import difference
from stack.what_if import outlook

if TYPE_CHECKING:
    from stack.yaml_file import YamlFile

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]

_HEADING = "Edit it, then: tinbai partner apply FILE --dry-run"
_COLUMNS = ("code", "name", "product", "formats", "acknowledges within", "active")


def apply(
    file: Annotated[Path, typer.Argument(help="YAML with partners and their products.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    what_if: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=1,
            max=366,
            help="Only show what would be done, and what each new product changes of so many days.",
        ),
    ] = None,
    data: Data = Path("data"),
) -> None:
    """Add partners that are new in FILE and change those that differ, all or nothing.

    Nobody is ever deleted: who ends gets `active: false`. Safe to repeat.
    """
    from stack.yaml_file import read_yaml

    read = read_yaml(file)
    console = Console(highlight=False, soft_wrap=True)
    asked_only = dry_run or what_if is not None
    planned = put(read, partners_url(data, "partners"), data, dry_run=asked_only)
    console.print(difference(planned))
    if what_if is not None:
        for code, known in _with_another_product(planned):
            path = f"partners/{code}/what-if" if known else "what-if"
            url = f"{partners_url(data, path)}?days={what_if}"
            found = ask("POST", url, admin_key(data), _product_of(read, code))
            console.print(outlook(code, found))


def export(data: Data = Path("data")) -> None:
    """Print all partners as a file that `apply` takes."""
    from stack.yaml_file import written

    typer.echo(written({"partners": [_brief(each) for each in _all(data)]}, _HEADING), nl=False)


def list_partners(data: Data = Path("data")) -> None:
    """List partners, and what each asks for."""
    table = Table(*_COLUMNS, box=None)
    for partner in _all(data):
        brief = _brief(partner)
        table.add_row(
            partner["code"],
            partner["name"],
            ", ".join(brief.get("product", {})) or "everything",
            ", ".join(partner["formats"]) or "all",
            f"{partner['ack_deadline']} s",
            "yes" if partner["active"] else "no",
        )
    Console(width=200, soft_wrap=True).print(table)


def partners_url(data: Path, path: str) -> str:
    """Give the address of something that an admin may see of partners."""
    return f"{service_url(data.absolute(), 'syndicate')}/v1/admin/{path}"


def _with_another_product(planned: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Give their codes, and whether they are known already."""
    yield from ((each["code"], False) for each in planned["added"])
    for each in planned["changed"]:
        if any(name.startswith("product.") for name in each["fields"]):
            yield each["code"], True


def _product_of(read: "YamlFile", code: str) -> dict[str, Any]:
    found = (each for each in read.content["partners"] if each["code"] == code)
    product: dict[str, Any] = next(found).get("product", {})
    return product


def _all(data: Path) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = ask("GET", partners_url(data, f"partners?cursor={cursor}"), admin_key(data))
        yield from page["items"]
        cursor = page["next"]


def _brief(partner: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing."""
    brief = {name: _without_empty(value) for name, value in partner.items()}
    return {
        name: value
        for name, value in brief.items()
        if value not in ([], {}, None) and (name, value) != ("active", True)
    }


def _without_empty(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    if not isinstance(value, dict):
        return value
    brief = {name: _without_empty(each) for name, each in value.items()}
    return {name: each for name, each in brief.items() if each not in ([], {}, None)}
