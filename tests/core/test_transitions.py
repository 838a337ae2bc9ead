"""The call's table is complete: each state and happening leads somewhere or is ignored by name."""

from itertools import product

from callclip.core import transitions as t

STATES = range(len(t.STATE_NAMES))
HAPPENINGS = range(len(t.HAPPENING_NAMES))
LISTED = {(state, happening): after for state, happening, after in t.TRANSITIONS}
IGNORED = {
    pair: reason for states, happenings, reason in t.IGNORED for pair in product(states, happenings)
}


def name(pair):
    return t.STATE_NAMES[pair[0]], t.HAPPENING_NAMES[pair[1]]


def test_each_pair_is_in_the_table_or_ignored_with_a_reason():
    missing = [p for p in product(STATES, HAPPENINGS) if p not in LISTED and p not in IGNORED]
    assert not missing, [name(p) for p in missing]


def test_no_pair_is_both_in_the_table_and_ignored_and_none_is_listed_twice():
    assert not [name(p) for p in LISTED if p in IGNORED]
    assert len(LISTED) == len(t.TRANSITIONS)
    assert len(IGNORED) == sum(len(states) * len(hs) for states, hs, _ in t.IGNORED)
    assert all(reason for reason in IGNORED.values())


def test_next_state_says_what_the_table_says():
    for pair in product(STATES, HAPPENINGS):
        assert t.next_state(*pair) == LISTED.get(pair, pair[0]), name(pair)


def test_each_state_can_be_reached_and_left_again_to_idle():
    def reach(first, rows):
        found, todo = {first}, [first]
        while todo:
            here = todo.pop()
            for before, after in rows:
                if before == here and after not in found:
                    found.add(after)
                    todo.append(after)
        return found

    forward = [(before, after) for before, _, after in t.TRANSITIONS]
    backward = [(after, before) for before, after in forward]
    assert reach(t.IDLE, forward) == set(STATES)
    assert reach(t.IDLE, backward) == set(STATES)


def test_a_call_ends_from_each_state_in_a_call():
    in_call = [state for state in STATES if t.IN_CALL >> state & 1]
    assert [t.STATE_NAMES[s] for s in in_call] == ["GREETING", "TALKING", "HOLD", "CLOSING"]
    for state in in_call:
        assert t.next_state(state, t.CALL_OVER) == t.IDLE
        assert t.next_state(state, t.CALL_OVER_BY_RING) == t.RINGING
