"""Partners as a file and their keys, by the command line, with a syndicate behind it."""

import os
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from stack.cli import app
from tests.syndicate.service import NO_KAFKA, syndicate

BEFORE = """\
partners:
  - code: bao-moi
    name: Báo Mới
    product:
      columns: [thong-quan]
      exclude: {genres: [photo]}
    formats: [ninjs]
  - code: dai-dia-phuong
    name: Đài [địa phương]
"""
AFTER = """\
partners:
  - code: bao-moi
    name: Báo Mới
    product:
      columns: [thong-quan, xuat-nhap-khau]
      exclude: {genres: [photo]}
    formats: [ninjs]
    ack_deadline: 3600
  - code: cong-thong-tin
    name: Cổng thông tin
    product: {max_urgency: 2}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("syndicate")
    (data / "admin.key").write_text("the-admin-key")
    with syndicate(data, NO_KAFKA, "--admin-key-file", str(data / "admin.key")) as service:
        yield {
            "TINBAI_SYNDICATE_URL": service.url,
            "TINBAI_ADMIN_KEY_FILE": str(data / "admin.key"),
        }


@pytest.fixture
def tinbai(running, tmp_path):
    def run(*words: str, file: str | None = None) -> Result:
        path = tmp_path / "partners.yaml"
        if file is not None:
            path.write_text(file, encoding="utf-8")
            words = (*words, str(path))
        return CliRunner().invoke(app, ["partner", *words], env={**os.environ, **running})

    return run


def test_from_the_first_file_to_another_and_back(tinbai):
    assert "2 added, 0 changed" in tinbai("apply", file=BEFORE).stdout

    dry = tinbai("apply", "--dry-run", file=AFTER).stdout
    assert "+ partner cong-thong-tin  Cổng thông tin" in dry
    assert "~ partner bao-moi" in dry
    assert '    product.columns:\n      + "xuat-nhap-khau"' in dry
    assert "    ack_deadline: 86400 → 3600" in dry
    assert "not in the file, left as it is: partner dai-dia-phuong" in dry
    assert dry.endswith("Would be: 1 added, 1 changed, 0 unchanged. Nothing was done.\n")

    done = tinbai("apply", file=AFTER)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:-1] == dry.splitlines()[:-1]
    assert "0 added, 0 changed, 2 unchanged." in tinbai("apply", file=AFTER).stdout

    exported = tinbai("export").stdout
    assert "Đài [địa phương]" in exported
    assert "active" not in exported
    again = tinbai("apply", file=exported)
    assert again.stdout == "0 added, 0 changed, 3 unchanged.\n"


def test_a_refusal_names_the_line_and_nothing_is_done(tinbai):
    faulty = """\
partners:
  - code: la
    name: Lạ
    product:
      genres: [news, poem]
  - code: hai
    name: Hai
  - code: hai
    nmae: Hai
"""

    run = tinbai("apply", file=faulty)

    assert run.exit_code == 1
    assert "partners.yaml:5: /partners/0/product/genres/1: " in run.stderr
    assert "partners.yaml:9: /partners/2/nmae: " in run.stderr
    assert run.stderr.endswith("Nothing was done.\n")
    assert "code: la" not in tinbai("export").stdout

    twice = tinbai("apply", file="partners: [{code: a, name: A}, {code: a, name: B}]\n")
    assert "/partners/1/code: a stands in it twice" in twice.stderr


def test_what_if_shows_what_would_change_and_changes_nothing(tinbai):
    tinbai("apply", file=BEFORE)

    run = tinbai("apply", "--what-if", "7", file=AFTER)

    assert run.exit_code == 0
    assert "Nothing was done." in run.stdout
    assert "bao-moi, of 0 articles since " in run.stdout
    assert "0 would come, 0 would go, 0 would stay." in run.stdout
    assert "xuat-nhap-khau" not in tinbai("export").stdout


def test_keys_are_made_listed_and_revoked(tinbai, running):
    tinbai("apply", file="partners: [{code: co-khoa, name: Có khóa}]\n")
    key = tinbai("key", "co-khoa", "--note", "máy chủ").stdout.strip()
    changes = f"{running['TINBAI_SYNDICATE_URL']}/partners/co-khoa/changes?key={key}"
    assert httpx2.get(changes).status_code == 200

    listed = tinbai("keys", "co-khoa").stdout
    assert "máy chủ" in listed
    assert key not in listed
    assert tinbai("revoke", "co-khoa", listed.splitlines()[1].split()[0]).exit_code == 0

    assert httpx2.get(changes).status_code == 401
    assert tinbai("key", "nobody").stderr.startswith("404")


def test_the_trail_of_who_did_what_can_be_verified(tinbai, running):
    tinbai("apply", file="partners: [{code: doi-chieu, name: Đối chiếu}]\n")

    words = ["audit", "verify", "--of", "syndicate"]
    run = CliRunner().invoke(app, words, env={**os.environ, **running})

    assert run.exit_code == 0
    assert run.stdout.endswith("entries, all in place.\n")
    assert not run.stdout.startswith("0 ")


def test_partners_are_listed_with_what_they_ask_for(tinbai):
    tinbai("apply", file=BEFORE)

    lines = [" ".join(line.split()) for line in tinbai("list").stdout.splitlines()]

    assert "bao-moi Báo Mới columns, exclude ninjs 86400 s yes" in lines
    assert "dai-dia-phuong Đài [địa phương] everything all 86400 s yes" in lines


def test_the_example_in_the_docs_can_be_applied(tinbai):
    page = (Path(__file__).parents[2] / "docs" / "partner-admin.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]

    run = tinbai("apply", "--dry-run", file=example)

    assert run.exit_code == 0, run.stderr
    assert "added" in run.stdout
