"""What all tests share: one Hypothesis profile, the stand-in for `micropython`, the VM.

Hypothesis runs the same examples every time: a red run can be repeated anywhere, and one that was
green for a commit stays green for it. `HYPOTHESIS_PROFILE=wide` searches instead: other examples
on every run, and more of them. There is no deadline: two cores are shared with VMs and a browser.
"""

import os

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


@pytest.fixture(scope="session")
def vm_command():
    """The words that start the 32-bit MicroPython; its absence is an error that says what to do."""
    return vm.find()
