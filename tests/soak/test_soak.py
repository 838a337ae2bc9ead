"""The faults of `make soak` at smaller size: every counter that must be 0 is.

And that each of them would notice: a unit that forgets to look is given to it.
"""

import ast
import json
import subprocess

import pytest
from callclip import answers
from callclip.core import guard, protocol, roles

from benches.soak import __main__ as soak
from benches.soak import forged, frames, guided, repl
from tests.house.source import ROOT


def quiet(_words):
    pass


def test_a_million_frames():
    counters = frames.run(0, 7, quiet, n_least=1_000_000)
    assert counters == {"frames_fuzzed": 1_000_000, "crashes": 0, "wrong_accepts": 0}


def test_a_hundred_thousand_forgeries():
    counters = forged.run(0, 7, quiet, n_least=100_000)
    assert counters == {"forged_tried": 100_000, "forged_accepted": 0}


def test_bursts_at_the_prompt():
    counters = repl.run(0, 7, quiet, n_least=1000)
    assert (counters["repl_bursts"], counters["repl_prompts"]) == (1000, 0)
    assert counters["repl_boots"] > 1


def test_guided_by_coverage():
    words = []  # what the process said, if it failed
    counters = guided.run(0, 7, words.append, n_least=3_000)
    assert counters["frames_fuzzed"] >= 3_000 and counters["crashes"] == 0, words


# Would they notice?


def test_a_door_that_takes_any_seal_is_noticed(monkeypatch):
    def unseal(_key, message):
        end = len(message.body) - guard.session.SEAL_BYTES
        counter = int.from_bytes(message.body[end : end + 4], "little")
        return message.body[:end], counter

    monkeypatch.setattr(guard.session, "unseal", unseal)
    assert forged.run(0, 1, quiet, n_least=1000)["forged_accepted"]


def test_a_door_that_lets_play_again_is_noticed(monkeypatch):
    real = guard.Guard.open

    def open_again(self, message, now_ms):
        if self._session:
            self._session.counter = -1
        return real(self, message, now_ms)

    monkeypatch.setattr(guard.Guard, "open", open_again)
    assert forged.run(0, 1, quiet, n_least=1000)["forged_accepted"]


def test_a_door_without_roles_is_noticed(monkeypatch):
    monkeypatch.setattr(roles, "is_open", lambda _mtype: True)
    assert frames.run(0, 1, quiet, n_least=20_000)["wrong_accepts"]


def test_a_reader_that_does_not_look_at_the_crc_is_noticed(monkeypatch):
    monkeypatch.setattr(protocol, "_message_from", _message_without_crc)
    assert frames.run(0, 1, quiet, n_least=20_000)["wrong_accepts"]


def _message_without_crc(stuffed):
    try:
        plain = protocol.cobs.decode(stuffed)
    except ValueError:
        return None
    if len(plain) < 8:
        return None
    level, mtype, number = protocol.struct.unpack_from("<BBH", plain, 0)
    return protocol.Message(level, mtype, number, plain[4:-4])


def test_a_handler_that_fails_is_noticed(monkeypatch):
    def config_get(_self, _request):
        raise TypeError("a defect")

    monkeypatch.setattr(answers.Answers, "config_get", config_get)
    assert frames.run(0, 1, quiet, n_least=20_000)["crashes"]


def test_the_counters_of_all_modules_become_one_report(tmp_path, monkeypatch):
    monkeypatch.setattr(soak, "OUT", tmp_path / "build" / "bench" / "soak.json")
    monkeypatch.setattr(soak, "MODULES", {"forged": (1.0, "forged_tried")})
    monkeypatch.setattr(soak, "LEAST", {"forged_tried": 2_000_000})
    monkeypatch.setenv("SOAK_MINUTES", "0.01")
    monkeypatch.setenv("SOAK_SEED", "3")
    monkeypatch.setattr(soak, "ZERO", ("forged_accepted",))
    assert soak.main() == 0
    report = json.loads(soak.OUT.read_text())
    assert report["seed"] == 3 and report["forged_tried"] >= 1000  # of 20 minutes
    assert report["forged_accepted"] == 0 and report["failures"] == []
    found = soak.merged([{"a": 1, "a_most_b": 5}, {"a": 2, "b": 0, "a_most_b": 4}])
    assert found == {"a": 3, "b": 0, "a_most_b": 5}


def test_a_long_run_tries_each_fault_as_often_as_is_asked():
    rows = list(soak.planned(20, 1))
    n_least = {}
    for _name, seconds, _seed, count in rows:
        assert seconds <= 1200
        n_least[_name.split()[0]] = n_least.get(_name.split()[0], 0) + count
    asked = {"powercuts": 100_000, "frames": 10_000_000, "tampers": 100_000, "forged": 100_000}
    asked |= {"kills": 200, "repl": 10_000, "guided": 0}
    assert n_least == asked
    assert len({seed for _name, _seconds, seed, _count in rows}) == len(rows)


@pytest.mark.parametrize("name", soak.ZERO)
def test_every_counter_that_must_be_0_has_a_name_of_its_own(name):
    assert soak.ZERO.count(name) == 1


def test_frames_in_the_32_bit_vm(vm_command, tmp_path):
    script = [str(ROOT / "tests/vm/frames_script.py"), str(ROOT / "firmware"), str(tmp_path)]
    done = subprocess.run(
        [*vm_command, *script, "10000"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counters, finding = ast.literal_eval(done.stdout)
    assert counters["frames_fuzzed"] > 15000
    assert (counters["crashes"], counters["wrong_accepts"]) == (0, 0), finding
