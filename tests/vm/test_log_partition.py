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


def _heard(client):
    """HELLO, once 100 more frames are heard: prompts go on as they do."""
    n_frames = client.ask(protocol.HELLO)["n_frames"]
    _wait(lambda: client.ask(protocol.HELLO)["n_frames"] > n_frames + 100)
    return client.ask(protocol.HELLO)


@pytest.mark.parametrize("kind", ["garbage", "none"])
def test_whatever_the_logs_partition_is_the_unit_runs(tmp_path, kind):
    """Full of garbage: it is formatted. Not there: the log is a folder beside the application."""
    log = NO_LOG if kind == "none" else tmp_path / "log.img"
    if kind == "garbage":
        log.write_bytes(random.Random(3).randbytes(partitions.LOG_BYTES))
    with VirtualUnit(log_image=log) as unit, Client(unit.port, timeout_s=60) as client:
        client.ask(protocol.LOG_LIST, {"first_segment": 0})
        hello = _heard(client)
        assert client.ask(protocol.SELF_TEST)["is_led_ok"]
        assert hello["n_store_errors"] == 0
        assert hello["log_bytes"] > 0
        if kind == "garbage":
            assert hello["log_budget_bytes"] > 1_000_000
        assert not [line for line in unit.signals() if "reset" in line]


def test_a_partition_too_small_for_the_log_fills_up_and_the_unit_runs(tmp_path):
    """Three blocks: a few records fit. Then each write fails, is counted and told, no more."""
    log = tmp_path / "log.img"
    log.write_bytes(b"\xff" * (3 * image.BLOCK_BYTES))
    with VirtualUnit(log_image=log) as unit, Client(unit.port, timeout_s=60) as client:
        for i in range(200):
            client.ask(protocol.CLOCK_SET, {"unix_ms": 1_790_000_000_000 + i})
            client.ask(protocol.LOG_LIST, {"first_segment": 0})
            if client.ask(protocol.HELLO)["n_store_errors"] > 3:
                break
        hello = _heard(client)
        assert hello["n_store_errors"] > 3
        assert hello["problem"].startswith("log: ")
        assert hello["log_bytes"] > 0
        assert not [line for line in unit.signals() if "reset" in line]
