"""A real Chromium without a window, told what to do over pipes (the DevTools protocol)."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import F_DUPFD_CLOEXEC, fcntl
from itertools import count
from pathlib import Path
from typing import Any, Literal

_PATIENCE = 60.0  # seconds, for one answer: a machine may have much else to do
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars"),
    *("--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # It talks to this machine and to nobody else.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

# It reads commands from 3, and writes to 4.
_BECOME = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""

Scheme = Literal["light", "dark"]


@dataclass
class Chromium:
    """The browser: sends commands, and keeps what it tells besides answers, tab by tab."""

    commands: int
    answers: int
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _rest: bytes = b""

    def ask(self, method: str, session: str | None = None, **given: Any) -> dict[str, Any]:
        """Send a command and give its answer."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": given}
        if session:
            command["sessionId"] = session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while (message := self._next()).get("id") != number:
            self._keep(message)
        assert "error" not in message, (method, message["error"])
        answer: dict[str, Any] = message["result"]
        return answer

    def wait_for(self, event: str, session: str) -> None:
        """Wait until a tab tells of an event."""
        while not any(each["method"] == event for each in self.told.get(session, [])):
            self._keep(self._next())

    @contextmanager
    def tab(self) -> Iterator["Tab"]:
        """Open a tab."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable", session)
        yield Tab(self, session)
        self.ask("Target.closeTarget", targetId=target)

    def _keep(self, message: dict[str, Any]) -> None:
        self.told.setdefault(message.get("sessionId", ""), []).append(message)

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self.answers], [], [], max(0, until - time.monotonic()))
            assert ready, "Chromium does not answer"
            read = os.read(self.answers, 1 << 20)
            assert read, "Chromium has ended"
            self._rest += read
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


@dataclass
class Tab:
    """A page that is open."""

    chromium: Chromium
    session: str

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        return self.chromium.ask(method, self.session, **given)

    def open(self, url: str) -> None:
        """Go to an address, and wait until all of it is there."""
        self.chromium.told[self.session] = []
        answer = self.ask("Page.navigate", url=url)
        assert "errorText" not in answer, (url, answer)
        self.chromium.wait_for("Page.loadEventFired", self.session)

    def be(
        self, width: int, scheme: Scheme = "light", media: str = "screen", height: int = 800
    ) -> None:
        """Be a screen of a width, or paper."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        prefers = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", media=media, features=[prefers])

    def run(self, script: str) -> Any:
        """Give the value of an expression in the page; a promise's when it is there."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Tell what Chromium has found wrong since the page was opened: what it blocked, could not
        load, or is outdated."""
        self.run("1")
        told = self.chromium.told[self.session]
        logged = [each["params"]["entry"] for each in told if each["method"] == "Log.entryAdded"]
        issues = [each["params"]["issue"] for each in told if each["method"] == "Audits.issueAdded"]
        return [
            *(f"{entry['text']} {entry.get('url', '')}" for entry in logged),
            *(f"{issue['code']} {json.dumps(issue['details'])}" for issue in issues),
        ]

    def picture(self, *, whole: bool = False) -> bytes:
        """Give a PNG of what is to be seen, or of all of the page."""
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])


@contextmanager
def running() -> Iterator[Chromium]:
    """Run Chromium."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    assert found, f"one of {', '.join(_NAMES)} is needed: tests/install-programs"
    to_it, commands = _pipe()
    answers, from_it = _pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # As root, in a container, it can't make a sandbox of its own.
        flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        become = [sys.executable, "-SEs", "-c", _BECOME, str(to_it), str(from_it)]
        process = subprocess.Popen(
            [*become, found, *flags, f"--user-data-dir={profile}"],
            pass_fds=(to_it, from_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": profile},
        )
        for end in (to_it, from_it):
            os.close(end)
        chromium = Chromium(commands, answers)
        try:
            yield chromium
            chromium.ask("Browser.close")
        finally:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for end in (commands, answers):
                os.close(end)


def _pipe() -> tuple[int, int]:
    """Make a pipe whose ends are out of the way of 3 and 4."""
    read, write = os.pipe()
    high = [fcntl(end, F_DUPFD_CLOEXEC, 10) for end in (read, write)]
    os.close(read)
    os.close(write)
    return high[0], high[1]


def here(name: str) -> Path:
    """Give the path of what npm has installed beside this file."""
    return Path(__file__).parent / "node_modules" / name
