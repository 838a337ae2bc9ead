"""Who may import whom. The layers, from the inside out: core, ports, app; simulator; host tools.

core is pure, so that the device, both engines and the host run the very same source. ports know the
hardware and nothing of each other. The commands that talk to real units never load the simulator.
"""

import pytest

from tests.house.source import ROOT, imports, modules, write

CORE_MODULES = {"array", "binascii", "collections", "hashlib", "struct", "uctypes"}
PORT_MODULES = {"array", "binascii", "errno", "esp32", "gc", "json", "machine", "micropython", "os"}
PORT_MODULES |= {"select", "struct", "sys", "time", "vfs"}
# What of the core a port may know: units, keys and limits, and the layout of what it stores.
PORT_CORE = ("units", "config", "records", "ringtemplate", "batches", "chain", "keys")
PORT_CORE += ("gapclock", "tasks")  # how lost sound is found; the loop's tasks by name
# What of the core the host may know: formats and names, never sound or rules.
HOST_CORE = ("config", "protocol", "records", "units", "signals", "events", "cobs", "frame")
HOST_CORE += ("calibstates", "ringstates", "ringtemplate")  # what a unit has learned
HOST_CORE += ("fields", "transitions")  # the log's values in bytes; the names of the call states
HOST_CORE += ("hmac", "keys", "session", "roles")  # who may do what
HOST_CORE += ("batches", "chain")  # the chain of the log
# Host modules that may load the simulator: its own commands and what only they use.
HOST_SIMULATOR = ("cmd_sim", "cmd_demo", "cmd_image", "demo", "frames_csv")

# What the simulator takes from the host tools, and why.
SIMULATOR_HOST = ("host_tools.image", "host_tools.romfs")  # the virtual unit boots what is flashed
SIMULATOR_HOST += ("host_tools.partitions",)  # and has its log where it is flashed to lie


def _is_in(name, *packages):
    return any(name == package or name.startswith(package + ".") for package in packages)


def core_findings(root):
    out = []
    for module in modules(root, "firmware/callclip/core"):
        has_kernels = "@micropython.viper" in module.text or "@micropython.native" in module.text
        for node, name in imports(module):
            if _is_in(name, "callclip.core") or name.split(".")[0] in CORE_MODULES:
                continue
            if _is_in(name, "micropython") and has_kernels:
                continue
            out.append(f"{module.at(node)}: core may not import {name}")
    return out


def port_findings(root):
    allowed = tuple(f"callclip.core.{name}" for name in PORT_CORE) + ("callclip.board",)
    out = []
    for module in modules(root, "firmware/callclip/ports"):
        for node, name in imports(module):
            if not _is_in(name, *allowed, *PORT_MODULES):
                out.append(f"{module.at(node)}: a port may not import {name}")
    return out


def app_findings(root):
    out = []
    for module in modules(root, "firmware"):
        for node, name in imports(module):
            if not _is_in(name, "callclip", *PORT_MODULES, *CORE_MODULES):
                out.append(f"{module.at(node)}: firmware may not import {name}")
    return out


def simulator_findings(root):
    out = []
    for module in modules(root, "simulator"):
        for node, name in imports(module):
            if _is_in(name, *SIMULATOR_HOST):
                continue
            if _is_in(name, "host_tools", "tests", "benches"):
                out.append(f"{module.at(node)}: the simulator may not import {name}")
    return out


def host_findings(root):
    allowed = tuple(f"callclip.core.{name}" for name in HOST_CORE)
    out = []
    for module in modules(root, "host_tools"):
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        for node, name in imports(module):
            if _is_in(name, "simulator") and not stem.startswith(HOST_SIMULATOR):
                out.append(f"{module.at(node)}: only commands of the simulator may import {name}")
            is_foreign = _is_in(name, "tests", "benches")
            is_firmware = name != "callclip" and _is_in(name, "callclip")
            if is_foreign or is_firmware and not _is_in(name, *allowed):
                out.append(f"{module.at(node)}: host tools may not import {name}")
    return out


RULES = (core_findings, port_findings, app_findings, simulator_findings, host_findings)


@pytest.mark.parametrize("rule", RULES)
def test_the_project_keeps_the_rule(rule):
    assert not rule(ROOT)


@pytest.mark.parametrize(
    "rule, path, text",
    [
        (core_findings, "firmware/callclip/core/a.py", "import time\n"),
        (core_findings, "firmware/callclip/core/a.py", "from callclip.ports import led\n"),
        (core_findings, "firmware/callclip/core/a.py", "def f():\n    import machine\n"),
        (core_findings, "firmware/callclip/core/a.py", "import micropython\n"),
        (core_findings, "firmware/callclip/core/rules/a.py", "from callclip import board\n"),
        (port_findings, "firmware/callclip/ports/a.py", "from callclip.ports import led\n"),
        (port_findings, "firmware/callclip/ports/a.py", "from callclip.core.bead import Bead\n"),
        (port_findings, "firmware/callclip/ports/a.py", "import callclip.core.rules\n"),
        (app_findings, "firmware/callclip/app.py", "import typing\n"),
        (app_findings, "firmware/main.py", "from simulator import vm\n"),
        (simulator_findings, "simulator/a.py", "from host_tools import link\n"),
        (host_findings, "host_tools/cmd_pull.py", "def f():\n    from simulator import vm\n"),
        (host_findings, "host_tools/cmd_pull.py", "from callclip.core.hearing import Hearing\n"),
        (host_findings, "host_tools/cmd_sim_run.py", "from callclip import app\n"),
    ],
)
def test_a_breach_is_found(rule, path, text, tmp_path):
    write(tmp_path, path, text)
    assert len(rule(tmp_path)) == 1


@pytest.mark.parametrize(
    "rule, path, text",
    [
        (core_findings, "firmware/callclip/core/a.py", "from array import array\n"),
        (core_findings, "firmware/callclip/core/a.py", "from callclip.core.frame import NEVER\n"),
        (port_findings, "firmware/callclip/ports/a.py", "from machine import Pin\n"),
        (host_findings, "host_tools/cmd_sim_run.py", "from simulator.runner import run\n"),
        (host_findings, "host_tools/image.py", "import callclip\n"),
    ],
)
def test_what_is_allowed_passes(rule, path, text, tmp_path):
    write(tmp_path, path, text)
    assert not rule(tmp_path)
