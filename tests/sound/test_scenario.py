"""Scenario files: what is read, and what one is told when they cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import scenario

GOOD = """
title  A short one   # not this
seed   7
agent  room -55  level -30
line   leak -15
customer voice caller  pitch 90

1.0   ring germany 2
+0.5  line up
-0.1  noise pink -40
+0.2  agent hello welcome gap 0.4 level -28
3     customer ten-of-clubs studio/no
+0    music cold-day 12.5
+1    noise off
+2.0  end
"""


def sentence(text):
    with pytest.raises(scenario.ScenarioError) as caught:
        scenario.parse(text, "x.call")
    return str(caught.value)


def test_a_scenario_is_read_as_written():
    call = scenario.parse(GOOD, "good.call")
    assert (call.title, call.seed) == ("A short one", 7)
    assert call.settings["agent.room"] == -55
    assert call.settings["line.leak"] == -15
    assert call.settings["line.comfort"] == -60  # default
    assert call.voices == {"agent": "studio", "customer": "caller"}
    ring, up, noise, agent, customer, music, off, end = call.rows
    assert (ring.anchor, ring.seconds, ring.name, ring.number) == ("start", 1.0, "germany", 2)
    assert (up.anchor, up.seconds, up.name) == ("previous", 0.5, "up")
    assert (noise.seconds, noise.name, noise.level_db) == (-0.1, "pink", -40)
    assert agent.clips == ("studio/hello", "studio/welcome")
    assert (agent.gap_s, agent.level_db) == (0.4, -28)
    assert customer.clips == ("caller/ten-of-clubs", "studio/no")
    assert (music.clips, music.number) == (("music/cold-day",), 12.5)
    assert (off.name, end.action) == ("off", "end")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("1.0 agent", "agent says nothing; name at least one clip"),
        ("1.0 agent helo", "there is no clip 'studio/helo'"),
        ("1.0 agent ../../calls/x", "there is no clip"),
        ("1.0 ring france 2", "'france' is no tone plan; there is germany, north-america, china"),
        ("1.0 ring germany none", "bursts must be a number, not 'none'"),
        ("1.0 ring germany 0", "bursts is 0, allowed is 1 to 1000"),
        ("1.0 whistle", "'whistle' is no action; there is agent, customer, ring"),
        ("1.0", "a time without anything that happens"),
        ("+x agent hello", "time must be a number, not '+x'"),
        ("1.0 line sideways", "'sideways' is no line condition; there is up, dead"),
        ("1.0 noise pink nan", "level is nan, allowed is -90 to -6"),
        ("1.0 noise", "noise wants a kind and a level, or off"),
        ("1.0 music cold-day", "music wants a piece and its length in seconds"),
        ("1.0 agent hello level 12", "level is 12, allowed is -90 to 0"),
        ("agent leak", "settings of agent come in pairs: name value"),
        ("agent mood 3", "agent has no setting 'mood'"),
        ("agent voice nobody", "'nobody' is no voice; there is "),
        ("line leak -90", "line leak is -90, allowed is -60 to -6"),
        ("seed many", "seed must be a number, not 'many'"),
        ("seed", "a seed is one whole number"),
        (
            "weather fine",
            "'weather' is no setting; there is title, seed, crowd, agent, customer, line",
        ),
    ],
)
def test_a_bad_line_is_told_with_file_and_line(line, wanted):
    told = sentence(f"# a comment\n{line}\n9.0 end\n")
    assert told.startswith("x.call, line 2: ")
    assert wanted in told
    assert "\n" not in told


def test_the_end_row_is_needed_and_is_the_last():
    assert sentence("1.0 agent hello\n") == (
        "x.call, line 2: the last row must be the end, for example: +2.0 end"
    )
    assert "nothing may follow the end row" in sentence("1.0 end\n2.0 agent hello\n")
    assert "settings stand before the first timed row" in sentence("1.0 line up\nseed 3\n2 end")


def test_an_unreadable_file_is_one_sentence(tmp_path):
    with pytest.raises(scenario.ScenarioError, match=r"missing\.call: cannot be read as text"):
        scenario.load(tmp_path / "missing.call")
    garbage = tmp_path / "garbage.call"
    garbage.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(scenario.ScenarioError, match=r"garbage\.call: cannot be read as text"):
        scenario.load(garbage)


def test_variants_change_only_what_exists():
    call = scenario.parse(GOOD)
    varied = call.varied({"line.leak": -30.0}, seed=99)
    assert (varied.settings["line.leak"], varied.seed) == (-30.0, 99)
    assert call.settings["line.leak"] == -15
    with pytest.raises(scenario.ScenarioError, match="no such setting: line.mood"):
        call.varied({"line.mood": 1})


def test_all_scenarios_that_come_along_are_readable():
    names = scenario.names()
    assert len(names) >= 10
    titles = {scenario.load(name).title for name in names}
    assert len(titles) == len(names)


@given(st.text(max_size=200))
def test_any_text_is_either_a_scenario_or_one_sentence(text):
    try:
        scenario.parse(text, "any.call")
    except scenario.ScenarioError as error:
        assert str(error).startswith("any.call, line ")


settings = st.sampled_from(
    [(s, name, row) for s, names in scenario.SETTINGS.items() for name, row in names.items()]
).flatmap(lambda entry: st.tuples(st.just(entry), st.floats(entry[2][1], entry[2][2])))


@given(st.lists(settings, max_size=8), st.floats(0, 3600), st.integers(0, 2**31))
def test_every_allowed_setting_arrives_exactly(entries, end_s, seed):
    lines = [f"{subject} {name} {value!r}" for (subject, name, _row), value in entries]
    call = scenario.parse("\n".join([f"seed {seed}", *lines, f"{end_s!r} end"]))
    wanted = {f"{subject}.{name}": value for (subject, name, _row), value in entries}
    assert {key: call.settings[key] for key in wanted} == wanted
    assert call.seed == seed
    assert call.rows[-1].seconds == end_s
