"""Sets the project up: .venv, the packages in it, the MicroPython VM, for tests a browser, qemu.

`make setup` (`bootstrap.py run`) brings what the product needs, `make test` also what its tests
need (`bootstrap.py dev`), `make bench-detection` the peers it is measured beside (`bootstrap.py
bench`). Done work is recognised by content, so a second call costs a blink, and a lock lets two
calls at once share one set-up. Needs no root and nothing but Python: it is read by whatever
`python3` is here, so it keeps to old syntax and the standard library.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
# What each level asks of pip, and which levels bring all that it does.
REQUIREMENTS = {
    "run": ".",
    "world": ".[world]",
    "dev": ".[dev]",
    "bench": ".[bench]",
    "train": ".[train]",
}
INCLUDED_IN = {
    "run": ("run", "world", "dev", "bench", "train"),
    "world": ("world", "dev", "bench", "train"),
    "dev": ("dev",),
    "bench": ("bench",),
    "train": ("train",),
}
# Carries its model, but would have 2 GB of a framework that the model does not need.
ALONE = {"bench": "silero-vad==6.2.3"}
NO_PIP = (
    "this Python cannot make a virtual environment: install the package that brings its venv "
    "module (on Debian and Ubuntu: apt install python3-venv), then run make setup again"
)


class SetupError(Exception):
    """One sentence: what is missing and what to do."""


def main(arguments):
    level = arguments[0] if arguments else "run"
    if level not in REQUIREMENTS:
        print("usage: bootstrap.py [run|world|dev|bench|train]", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        return _again_with_newer_python(arguments)
    (ROOT / "build").mkdir(exist_ok=True)
    try:
        with (ROOT / "build" / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _install_packages(level)
            _make_vm()
            if level == "dev":
                _make_browser()
                _make_emulator()
            if level == "bench":
                _make_libcxx()
    except SetupError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


def _again_with_newer_python(arguments):
    """Hand over to a newer Python on PATH; without one, say so."""
    for name in NEWER:
        path = shutil.which(name)
        if path:
            return subprocess.call([path, str(Path(__file__).resolve())] + arguments)
    have = "{}.{}".format(*sys.version_info[:2])
    print(
        f"callclip: Python 3.11 or later is needed and this is {have}: install one, "
        "or name it: make PYTHON=/path/to/python3 …",
        file=sys.stderr,
    )
    return 2


def _install_packages(level):
    """A virtual environment with the packages of pyproject.toml, unless it stands already."""
    stamp = VENV / ("ready-" + level)
    wanted = _fingerprint()
    for known in [VENV / ("ready-" + name) for name in INCLUDED_IN[level]]:
        if known.exists() and known.read_text() == wanted and VENV_PYTHON.exists():
            return
    if not _has_pip():
        _say("making .venv")
        _make_venv()
    _say("installing Python packages into .venv (a minute or two the first time)")
    command = [str(VENV_PYTHON), "-m", "pip", "install", "-qq"]
    sentence = (
        "the Python packages could not be installed: see pip's complaint above, "
        "check the network, and run make setup again"
    )
    _run(command + ["--editable", REQUIREMENTS[level]], sentence)
    if level in ALONE:
        _run(command + ["--no-deps", ALONE[level]], sentence)
    stamp.write_text(wanted)


def _fingerprint():
    """What an installed environment depends on: packages, Python and this folder's place."""
    parts = [(ROOT / "pyproject.toml").read_bytes()]
    parts += [text.encode() for text in (ALONE["bench"], sys.version, str(ROOT))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _has_pip():
    if not VENV_PYTHON.exists():
        return False
    command = [str(VENV_PYTHON), "-m", "pip", "--version"]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def _make_venv():
    shutil.rmtree(str(VENV), ignore_errors=True)  # what a cut-off set-up left
    if importlib.util.find_spec("ensurepip"):
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, check=False
        )
        if made.returncode == 0 and _has_pip():
            return
        shutil.rmtree(str(VENV), ignore_errors=True)
    _make_venv_with_debian_pip()


def _make_venv_with_debian_pip():
    """Debian's and Ubuntu's plain python3 has no pip to give: take it from their own package."""
    apt = shutil.which("apt-get")
    if apt is None or shutil.which("dpkg") is None:
        raise SetupError(NO_PIP)
    folder = ROOT / "build" / "pip"
    shutil.rmtree(str(folder), ignore_errors=True)
    folder.mkdir(parents=True)
    got = subprocess.run([apt, "-q", "download", "python3-pip-whl"], cwd=str(folder), check=False)
    archives = sorted(folder.glob("*.deb"))
    if got.returncode != 0 or not archives:
        raise SetupError(NO_PIP)
    subprocess.run(["dpkg", "-x", str(archives[0]), str(folder)], check=True)
    wheels = sorted(folder.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise SetupError(NO_PIP)
    _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], NO_PIP)
    pip = str(wheels[0] / "pip")  # a wheel can be run as it is
    _run([str(VENV_PYTHON), pip, "install", "--quiet", "--no-index", str(wheels[0])], NO_PIP)


def _make_vm():
    """The VM that the simulator and the virtual unit run on."""
    own = ROOT / "build" / "vm"
    if not own.exists():
        _say("finding a 32-bit MicroPython, or fetching it into build/vm (4 MB)")
        _run(
            [str(VENV_PYTHON), "-m", "simulator.vm", "fetch"],
            "there is no MicroPython to run on: see above",
        )


def _make_browser():
    """The browser in which the report page is tested."""
    _run(
        [str(VENV_PYTHON), "-m", "tests.browser.chromium", "fetch"],
        "there is no browser to test the report page in: see above",
    )


def _make_libcxx():
    """The C++ library that one of the peers needs."""
    _run(
        [str(VENV_PYTHON), "-m", "benches.detection.libcxx"],
        "a peer of the bench cannot be loaded: see above",
    )


def _make_emulator():
    """The emulator in which the kernels run as the ESP32's own instructions."""
    own = ROOT / "build" / "qemu"
    if not own.exists():
        _run(
            [str(VENV_PYTHON), "-m", "simulator.xtensa.qemu", "fetch"],
            "there is no qemu to run the ESP32's instructions on: see above",
        )


def _run(command, sentence):
    if subprocess.call(command, cwd=str(ROOT), stdin=subprocess.DEVNULL) != 0:
        raise SetupError(sentence)


def _say(what):
    print("callclip: " + what, file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    sys.exit(main(sys.argv[1:]))
