"""Killed pulls, as `make soak` tries them, at smaller size; by themselves, as they mostly wait."""

from benches.soak import kills


def test_killed_pulls_over_a_cable_that_loses_bytes():
    """A round of a dozen chunks, and one over a cable that loses bytes; fewer kills than the
    soak's, and a smaller log on the lossy cable, where a KB takes many seconds."""
    counters = kills.run(0, 7, lambda _words: None, n_least=5, lossy_events=(3,), n_kills=4)
    assert counters["pull_kills"] >= 5
    assert counters["pull_mismatches"] == 0
    assert counters["pull_most_bytes_again"] <= kills.MOST_CHUNK_BYTES
