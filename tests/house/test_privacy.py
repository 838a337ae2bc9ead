"""Sound cannot leave the unit: no radio, and nothing that keeps or sends knows where sound is.

Held in the source: which modules may touch samples, which may open files, what may be imported.
"""

import ast

import pytest

from tests.house.source import ROOT, imports, modules, write

RADIOS = {"network", "bluetooth", "ubluetooth", "aioble", "espnow", "socket", "usocket", "ssl"}
RADIOS |= {"requests", "urequests", "umqtt", "webrepl"}
MAY_OPEN_FILES = {
    "firmware/callclip/ports/keyring.py",
    "firmware/callclip/ports/segments.py",
    "firmware/callclip/ports/settings.py",
}
# What keeps or sends: from these modules on, there must be no way back to sound.
KEEPS_OR_SENDS = (
    "firmware/callclip/answers.py",
    "firmware/callclip/core/batches.py",
    "firmware/callclip/core/chain.py",
    "firmware/callclip/core/cobs.py",
    "firmware/callclip/core/fields.py",
    "firmware/callclip/core/guard.py",
    "firmware/callclip/core/protocol.py",
    "firmware/callclip/core/logtail.py",
    "firmware/callclip/core/minute.py",
    "firmware/callclip/core/records.py",
    "firmware/callclip/core/session.py",
    "firmware/callclip/core/waiting.py",
    "firmware/callclip/journal.py",
    "firmware/callclip/logpages.py",
    "firmware/callclip/ports/keyring.py",
    "firmware/callclip/ports/link.py",
    "firmware/callclip/ports/segments.py",
    "firmware/callclip/ports/settings.py",
    "firmware/callclip/service.py",
    "firmware/callclip/store.py",
)
SOUND_MODULES = {"frontend", "hearing", "kernels", "mic_i2s", "music", "tones"}
SOUND_NAMES = {"slots", "samples", "history", "power", "spectrum", "hear"}


def radio_findings(root):
    return [
        f"{module.at(node)}: {name}"
        for module in modules(root, "firmware")
        for node, name in imports(module)
        if name.split(".")[0] in RADIOS
    ]


def file_findings(root):
    out = []
    for module in modules(root, "firmware"):
        for node in ast.walk(module.tree):
            is_open = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open"
            if is_open and module.path not in MAY_OPEN_FILES:
                out.append(f"{module.at(node)}: opens a file")
    return out


def sound_findings(root):
    out = []
    for module in modules(root, "firmware"):
        if module.path not in KEEPS_OR_SENDS:
            continue
        for node, name in imports(module):
            if SOUND_MODULES & set(name.split(".")):
                out.append(f"{module.at(node)}: imports {name}")
        for node in ast.walk(module.tree):
            name = getattr(node, "attr", None) or getattr(node, "id", None) or ""
            if name.lstrip("_") in SOUND_NAMES:
                out.append(f"{module.at(node)}: knows {name}")
    return out


@pytest.mark.parametrize("rule", [radio_findings, file_findings, sound_findings])
def test_sound_stays_where_it_is_heard(rule):
    assert not rule(ROOT)


def test_the_modules_named_here_exist():
    """A rule about a file that has moved would hold for nothing."""
    known = {module.path for module in modules(ROOT, "firmware")}
    assert set(KEEPS_OR_SENDS) | MAY_OPEN_FILES <= known


@pytest.mark.parametrize(
    "rule, path, text",
    [
        (radio_findings, "firmware/callclip/app.py", "import network\n"),
        (radio_findings, "firmware/callclip/app.py", "def f():\n    from socket import socket\n"),
        (file_findings, "firmware/callclip/core/bead.py", "def f(x):\n    open('a', 'wb')\n"),
        (sound_findings, "firmware/callclip/service.py", "def f(bead):\n    bead.slots\n"),
        (sound_findings, "firmware/callclip/journal.py", "def f(x):\n    return x._samples\n"),
        (sound_findings, "firmware/callclip/store.py", "import callclip.core.kernels\n"),
    ],
)
def test_a_way_out_is_found(rule, path, text, tmp_path):
    write(tmp_path, path, text)
    assert len(rule(tmp_path)) == 1
