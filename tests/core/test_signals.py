"""The table of signals: each event has its row or its stages, and none of them nags."""

from callclip.core import events, signals
from callclip.core.signals import SIGNALS, row_of

STAGES = {events.SILENT_CALL: 3, events.QUIET_CUSTOMER: 3, events.NOISY_LINE: 2}


def rows_of(code):
    return [row for row in SIGNALS if row.code == code]


def test_each_event_has_exactly_its_rows():
    two_kinds = (events.INTERRUPTION, events.LONG_HOLD)
    for code, (name, _) in events.TABLE.items():
        expected = STAGES.get(code, 2 if code in two_kinds else 1)
        assert len(rows_of(code)) == expected, name
        assert all(row.name.startswith(name) for row in rows_of(code))
    assert len({row.name for row in SIGNALS}) == len(SIGNALS)


def test_rows_of_an_event_stand_together():
    for code in events.TABLE:
        at = [i for i, row in enumerate(SIGNALS) if row.code == code]
        assert at == list(range(at[0], at[-1] + 1))


def test_row_of_finds_stage_kind_and_sureness():
    def name(*args):
        return SIGNALS[row_of(*args)].name

    assert name(events.SILENT_CALL, 1) == "SILENT_CALL_1"
    assert name(events.SILENT_CALL, 3) == "SILENT_CALL_3"
    assert name(events.NOISY_LINE, 2, -3900, 800) == "NOISY_LINE_2"
    assert name(events.LONG_HOLD, 1, 45000, 1) == "LONG_HOLD"
    assert name(events.LONG_HOLD, 1, 45000, 0) == "LONG_HOLD_UNSURE"
    assert name(events.INTERRUPTION, events.BY_AGENT, 500) == "INTERRUPTION_BY_AGENT"
    assert name(events.INTERRUPTION, events.BY_CUSTOMER, 500) == "INTERRUPTION_BY_CUSTOMER"
    for code, (event, _) in events.TABLE.items():
        if code not in STAGES:
            assert name(code, 0, 0, 1).startswith(event)


def test_values_are_in_range():
    for row in SIGNALS:
        assert len(row.rgb) == 3 and all(0 <= value <= 255 for value in row.rgb)
        assert row.on_ms >= 0 and row.off_ms >= 0 and 0 <= row.rank <= 255
        assert 0 <= row.ends_on < 256
        for tone_hz, on_ms, off_ms in row.buzzer:
            assert 100 <= tone_hz <= 8000 and on_ms > 0 and off_ms >= 0


def test_a_prompt_can_be_seen_lasts_a_while_and_says_what_to_do():
    for row in SIGNALS:
        if row.rank:
            assert row.code and any(row.rgb) and row.on_ms >= 80, row.name
            assert 1000 <= row.duration_ms <= 30000 and row.text.endswith("."), row.name
            # Nothing blinks faster than five times a second.
            assert row.on_ms + row.off_ms >= 200, row.name
        elif row.code:
            assert not any(row.rgb) and not row.buzzer and row.text.endswith("."), row.name


def test_texts_are_short_enough_for_a_glance():
    assert all(len(row.text) <= 70 and "!" not in row.text for row in SIGNALS)


def test_only_the_last_stages_and_a_long_hold_sound_by_default():
    loud = {row.name for row in SIGNALS if row.is_buzzer_on}
    assert loud == {"SILENT_CALL_3", "QUIET_CUSTOMER_3", "LONG_HOLD"}
    for at, row in enumerate(SIGNALS):
        assert signals.melody(at, 0) == (row.buzzer if row.name in loud else ())
        assert signals.melody(at, 1) == row.buzzer


def test_what_the_unit_has_of_a_row_is_the_row():
    assert len(SIGNALS) == signals.N_ROWS
    for at, row in enumerate(SIGNALS):
        assert (signals.code_of(at), signals.rank_of(at)) == (row.code, row.rank)
        assert (signals.ends_on(at), signals.duration_ms(at)) == (row.ends_on, row.duration_ms)
        rgb, on_ms, off_ms = signals.light(at)
        assert (tuple(rgb), on_ms, off_ms) == (row.rgb, row.on_ms, row.off_ms)


def test_light_only_events_have_no_sound():
    quiet = ("LONG_HOLD_UNSURE", "TAIL_SILENCE", "DARK", "IN_CALL", "ON_HOLD", "BACKCHANNEL")
    assert all(not row.buzzer for row in SIGNALS if row.name in quiet)


def test_staged_sequences_outrank_everything_but_danger():
    staged = [row.rank for row in SIGNALS if row.code in STAGES]
    others = [
        row.rank for row in SIGNALS if row.code not in STAGES and row.name != "ACOUSTIC_SHOCK"
    ]
    assert min(staged) > max(others)


def test_later_stages_outrank_earlier_ones():
    for code in STAGES:
        ranks = [row.rank for row in rows_of(code)]
        assert ranks == sorted(set(ranks))


def test_ambient_rows_are_dim():
    assert SIGNALS[signals.NO_SIGNAL_ROW].name == "DARK"
    assert SIGNALS[signals.IN_CALL_ROW].name == "IN_CALL"
    assert SIGNALS[signals.ON_HOLD_ROW].name == "ON_HOLD"
    assert all(max(row.rgb) <= 60 and not row.off_ms for row in SIGNALS if row.code == 0)
