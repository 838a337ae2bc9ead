"""The power fails at every operation of the flash, 20,000 times: nothing that was promised is lost.

`make soak` does the same for longer. The last tests show that the model would notice.
"""

import pytest
from callclip import store
from callclip.core import batches, records
from callclip.ports import settings
from callclip.ports.keyring import LogKey

from benches.soak import powercuts

N_CUTS = 20_000


def test_nothing_is_lost_whenever_the_power_fails():
    counters = powercuts.run(0, seed=5, n_least=N_CUTS, go_on_every=40)
    assert counters["power_cuts"] >= N_CUTS
    assert {name: n for name, n in counters.items() if n} == {"power_cuts": counters["power_cuts"]}


def found(n_cuts=1500):
    counters = powercuts.run(0, seed=2, n_least=n_cuts, go_on_every=40, n_steps=60)
    return {name for name, n in counters.items() if n and name != "power_cuts"}


def test_a_configuration_that_is_written_in_place_is_noticed(monkeypatch):
    def in_place(self, path, values):
        text = settings.json.dumps(values)
        with settings.open(path, "w") as file:
            file.write(text[:5])
            file.flush()
            file.write(text[5:])

    monkeypatch.setattr(settings.Settings, "_replace", in_place)
    assert "config_mixed" in found()


def test_a_key_that_is_renewed_before_its_seal_is_written_is_noticed(monkeypatch):
    """The tag is still right, so that without a power cut nothing is wrong."""
    loaded = []
    load, renew, close = LogKey.load, LogKey.renew, batches.close

    def remember(self):
        loaded[:] = [self]
        load(self)

    def close_and_renew(key, tag, seq, parts):
        made = close(key, tag, seq, parts)
        if any(row[1] == records.SEAL for row in records.iterate(parts[2])):
            renew(loaded[0], loaded[0].seal + 1)
            loaded.append("renewed")
        return made

    def renew_once(self, to_seal):
        if loaded[-1] == "renewed":
            loaded.pop()
        else:
            renew(self, to_seal)

    monkeypatch.setattr(LogKey, "load", remember)
    monkeypatch.setattr(LogKey, "renew", renew_once)
    monkeypatch.setattr(batches, "close", close_and_renew)
    assert "false_alarms" in found()


def test_a_segment_that_goes_before_it_is_noted_is_noticed(monkeypatch):
    keep = store.Store._keep_budget

    def at_once(self):
        keep(self)
        self._remove_purged()

    monkeypatch.setattr(store.Store, "_keep_budget", at_once)
    assert "false_alarms" in found()


@pytest.mark.parametrize("counter", powercuts.COUNTERS)
def test_every_counter_is_in_the_answer(counter):
    assert powercuts.run(0)[counter] == 0
