"""The house: who may know whom, and which page is meant."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "schemas": {"schemas"},
    "services/common": {"schemas", "services.common"},
    "services/ingest": {"schemas", "services.common", "services.ingest"},
    "services/syndicate": {"schemas", "services.common", "services.syndicate"},
    "services/archive": {"schemas", "services.common", "services.archive"},
    "partner": {"partner"},
    "stack": {"stack", "services.common", "partner"},
}

# Within syndicate. What is beside the folders may know them all; tables and settings know none.
SYNDICATE: dict[str, set[str]] = {
    "feeds": set(),
    "serving": {"feeds"},
    "lanes": set(),
    "hub": {"feeds", "lanes"},
    "announcing": set(),
    "history": {"feeds", "rendering", "serving"},
    "lists": {"feeds", "rendering"},
    "rendering": {"feeds", "serving", "history", "lists"},
    "products": set(),
    "changes": {"products", "feeds"},
    "partners": {"products", "changes", "feeds"},
    "ways": {"partners", "changes", "feeds"},
    "deliveries": {"ways", "partners", "changes", "feeds", "announcing", "lanes"},
    "circle": {"partners", "changes", "deliveries", "announcing"},
    "manifests": {"partners", "changes"},
    "partner_feeds": {"partners", "changes", "feeds", "rendering", "serving", "lists"},
    "migrations": set(),
    "explaining": {"products", "changes", "partners"},
}

# Within archive, likewise.
ARCHIVE: dict[str, set[str]] = {
    "articles": {"language"},
    "language": set(),
    "engine": {"articles", "language"},
    "embedded": {"engine", "articles"},
    "cluster": {"engine", "articles"},
    "catalogue": {"engine", "articles", "language"},
    "serving": set(),
    "pages": {"catalogue", "articles", "language"},
}


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_ours(name: str) -> bool:
    return name.split(".")[0] in {"schemas", "services", "partner", "stack", "tests", "bench"}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_it_may_know(folder):
    files = list((ROOT / folder).rglob("*.py"))
    assert files

    for file in files:
        for name in filter(is_ours, imports_of(file)):
            known = any(f"{name}.".startswith(f"{allowed}.") for allowed in MAY_IMPORT[folder])
            assert known, f"{file.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(
    ("service", "house"),
    [("syndicate", SYNDICATE), ("archive", ARCHIVE)],
    ids=["syndicate", "archive"],
)
def test_a_services_folders_know_only_those_that_they_build_on(service, house):
    root = ROOT / "services" / service
    folders = {init.parent.name for init in root.glob("*/__init__.py")}
    assert folders == set(house)

    for folder, allowed in house.items():
        for file in (root / folder).rglob("*.py"):
            ours = (name for name in imports_of(file) if name.startswith(f"services.{service}."))
            known = {name.split(".")[2] for name in ours} & folders
            assert known <= allowed | {folder}, f"{file.relative_to(ROOT)} imports {known}"


@pytest.mark.parametrize("service", ["ingest", "syndicate", "archive"])
def test_every_service_reads_alike(service):
    files = {file.name for file in (ROOT / "services" / service).glob("*.py")}

    assert {"__main__.py", "app.py", "settings.py", "api.py"} <= files


def test_each_decision_has_a_number_of_its_own_and_all_that_are_named_are_there():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    headings = [page.read_text().splitlines()[0] for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    assert [heading.split(".")[0] for heading in headings] == [f"# {n}" for n in numbers]

    texts = [
        file
        for top in ("services", "partner", "stack", "docs", "schemas")
        for file in _texts(ROOT / top)
    ]
    named = {
        int(number)
        for file in (*texts, ROOT / "README.md")
        for number in re.findall(r"decisions?[ /](\d+)", file.read_text())
    }
    assert named
    assert named <= set(numbers)


def test_links_among_the_pages_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "clients").rglob("*.md")]
    links = {
        (page, link.partition("#")[0])
        for page in pages
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
        if not re.match(r"[a-z]+:|#", link)
    }
    assert links
    assert {(page.name, link) for page, link in links if not (page.parent / link).exists()} == set()


def test_every_page_is_found_from_the_first_one():
    first = (ROOT / "README.md").read_text()
    assert {page.name for page in (ROOT / "docs").glob("*.md") if page.name not in first} == set()


def _texts(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.suffix in (".py", ".md"))
