"""A page in a headless Chromium, driven over the browser's own debugging pipe.

The DevTools protocol over two file descriptors: JSON messages ending in a zero byte, in on 3, out
on 4. What the page logs, throws and asks of the network is kept for the test to look at.
Called by: tests/browser.
Ref: Chrome DevTools Protocol (Page, Runtime, Network, Emulation, Target).
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path

from tests.browser import chromium

_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests run as root on some machines; the page is our own
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--remote-debugging-pipe",
)
_ANSWER_S = 60


def _high_pipe() -> tuple[int, int]:
    """A pipe on numbers from 10 up, out of the way of the browser's 3 and 4."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in low)
    for fd in low:
        os.close(fd)
    return high[0], high[1]


class Page:
    """One browser with one page: `with Page() as page: page.open(path)`."""

    def __init__(self) -> None:
        self.problems: list[str] = []  # console errors and warnings, uncaught exceptions
        self.requests: list[str] = []  # every address the page asked for
        self._waiting = b""
        self._answers: dict[int, dict] = {}
        self._events: list[dict] = []
        self._last = 0
        self._session = ""

    def __enter__(self) -> Page:
        command, extra = chromium.find()
        self._folder = tempfile.TemporaryDirectory(prefix="callclip-browser-")
        read_by_browser, self._out = _high_pipe()
        self._in, written_by_browser = _high_pipe()
        plumbing = f'exec 3<&{read_by_browser} 4>&{written_by_browser}; exec "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", plumbing, "browser", *command, *_FLAGS]
            + [f"--user-data-dir={self._folder.name}/profile", "about:blank"],
            env={**os.environ, **extra, "HOME": self._folder.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(read_by_browser, written_by_browser),
        )
        os.close(read_by_browser)
        os.close(written_by_browser)
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._send(domain + ".enable")
        return self

    def __exit__(self, *_unused: object) -> None:
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def open(self, path: Path, width_px: int = 1200, height_px: int = 900) -> None:
        """Load a file and wait until it says it is loaded."""
        self.resize(width_px, height_px)
        self._events.clear()
        self._send("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + _ANSWER_S
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._receive(end)

    def resize(self, width_px: int, height_px: int = 900) -> None:
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width_px,
            height=height_px,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme: str) -> None:
        """`light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._send("Emulation.setEmulatedMedia", features=[feature])

    def press_tab(self) -> None:
        for kind in ("keyDown", "keyUp"):
            self._send("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._send("Page.captureScreenshot")["data"])

    def value(self, expression: str) -> object:
        """What a JavaScript expression (or promise) comes to, as Python data."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression[:80]} threw {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def _send(self, method: str, **parameters: object) -> dict:
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        end = time.monotonic() + _ANSWER_S
        while self._last not in self._answers:
            self._receive(end)
        answer = self._answers.pop(self._last)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def _receive(self, end: float) -> None:
        """Take in what the browser has said; fails when it stays silent or has gone."""
        ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise AssertionError(f"the browser did not answer within {_ANSWER_S} s")
        data = os.read(self._in, 1 << 16)
        if not data:
            raise AssertionError(f"the browser ended with code {self._process.wait(10)}")
        *messages, self._waiting = (self._waiting + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._note(message)

    def _note(self, event: dict) -> None:
        self._events.append(event)
        method, details = event["method"], event.get("params", {})
        if method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning"):
            self.problems.append(json.dumps(details["args"]))
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(details["exceptionDetails"]))
        elif method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.problems.append(details["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
