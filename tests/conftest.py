"""What all tests share: one Hypothesis profile, the stand-in for `micropython`, the VM.

Hypothesis runs the same examples every time: a red run can be repeated anywhere, and one that was
green for a commit stays green for it. `HYPOTHESIS_PROFILE=wide` searches instead: other examples
on every run, and more of them. There is no deadline: two cores are shared with VMs and a browser.
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from simulator import vm
from simulator.shims import install_micropython

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "wide", parent=settings.get_profile("steady"), derandomize=False, max_examples=1000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

install_micropython()


# What takes longest, by module: begun last, it would run alone while the other cores are done.
LONG = (
    "tests/sim/test_engines_equal.py", "tests/soak/test_kills.py", "tests/vm/test_virtual_unit.py",
    "tests/core/test_levels.py", "tests/core/test_speech.py", "tests/core/test_music.py",
    "tests/core/test_extremes.py", "tests/soak/test_soak.py", "tests/host/test_pull.py",
    "tests/core/test_call_property.py", "tests/vm/test_update.py", "tests/core/test_ringer.py",
)  # fmt: skip


def pytest_configure():
    """A shell's background job ignores Ctrl-C, and its children would, which tests end by it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    ranks = {path: rank for rank, path in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest.fixture(scope="session")
def vm_command():
    """The words that start the 32-bit MicroPython; its absence is an error that says what to do."""
    return vm.find()
