"""The log's own partition in the virtual unit: whatever it is, the unit hears and answers."""

import random
import time

import pytest
from callclip.core import protocol

from host_tools import image, partitions
from host_tools.link import Client
from simulator.device import NO_LOG, VirtualUnit

PATIENCE_S = 60


def _wait(is_true):
    ends = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < ends


@pytest.mark.parametrize("kind", ["garbage", "tiny", "none"])
def test_whatever_the_logs_partition_is_the_unit_runs(tmp_path, kind):
    """Full of garbage, far too small for a segment, not there: frames are heard, the cable answers.
    Garbage is formatted; without a partition the log is a folder beside the application."""
    log = NO_LOG if kind == "none" else tmp_path / "log.img"
    if kind == "garbage":
        log.write_bytes(random.Random(3).randbytes(partitions.LOG_BYTES))
    elif kind == "tiny":
        log.write_bytes(b"\xff" * (3 * image.BLOCK_BYTES))
    with VirtualUnit(log_image=log) as unit, Client(unit.port) as client:
        _wait(lambda: client.ask(protocol.HELLO)["n_frames"] > 100)
        client.ask(protocol.LOG_LIST, {"first_segment": 0})
        hello = client.ask(protocol.HELLO)
        assert client.ask(protocol.SELF_TEST)["is_led_ok"]
        if kind == "tiny":
            assert hello["n_store_errors"] or hello["log_bytes"]
        else:
            assert hello["n_store_errors"] == 0
            assert hello["log_bytes"] > 0
        if kind == "garbage":
            assert hello["log_budget_bytes"] > 1_000_000
        assert not [line for line in unit.signals() if "reset" in line]
