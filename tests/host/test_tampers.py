"""Changed logs: none gets past the host's proof. `make soak` tries 100,000 and more."""

import random

from benches.soak import tampers

N_TAMPERS = 3000


def test_no_change_gets_past_the_proof():
    counters = tampers.run(0, seed=4, n_least=N_TAMPERS)
    assert counters["tampers"] >= N_TAMPERS
    assert {name: n for name, n in counters.items() if n} == {"tampers": counters["tampers"]}


def test_a_cut_behind_all_that_the_host_knows_looks_like_a_power_cut():
    """The limit that docs/log-format.md tells of: without the unit's own word on where its log
    ends, nobody can tell."""
    log = tampers.Log(random.Random(1))
    number, data = log.earlier.segment, log.segments[log.earlier.segment]
    cut = {n: d for n, d in log.segments.items() if n < number}
    cut[number] = data[: log.earlier.n_bytes]
    assert log.is_alarmed(cut, is_told=True)
    log.now = log.earlier
    assert not log.is_alarmed(cut, is_told=False)


def test_a_proof_that_forgets_the_chain_lets_changes_through(monkeypatch):
    """The test would notice."""
    monkeypatch.setattr(tampers.logchain.hmac, "equal", lambda one, other: True)
    assert tampers.run(0, seed=4, n_least=300)["tampers_undetected"] > 10
