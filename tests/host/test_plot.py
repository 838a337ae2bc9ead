"""The picture of a call: every event, both levels, all strips and the time axis are in it."""

import numpy as np
import pytest
from callclip.core.events import TABLE
from callclip.core.signals import SIGNALS
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from host_tools import plot, plot_events, plot_strips, words
from simulator.engine import ROW

CALL = [
    {"t_ms": 2000, "event": "RING", "call": 0, "n": 1},
    {"t_ms": 5000, "event": "CALL_STARTED", "call": 1, "rings": 1},
    {"t_ms": 11000, "event": "SILENT_CALL", "call": 1, "stage": 1},
    {"t_ms": 17000, "event": "SILENT_CALL", "call": 1, "stage": 2},
    {"t_ms": 23000, "event": "HOLD_STARTED", "call": 1, "cause": "MUSIC", "since_ms": 20000},
    {"t_ms": 26000, "event": "HOLD_ENDED", "call": 1, "ms": 6000},
    {"t_ms": 28000, "event": "TAIL_SILENCE", "call": 1},
]  # fmt: skip


def frames_of(duration_s):
    """Rows with a speaking agent in the second quarter and music on the line in the third."""
    n = round(duration_s * 50)
    frames = np.zeros(n, dtype=[(name, "<i2") for name in ROW])
    frames["agent_cdb"] = -6000
    frames["line_cdb"] = -5500
    frames["agent_floor_cdb"] = -6100
    frames["line_floor_cdb"] = -5600
    quarter = slice(n // 4, n // 2)
    frames["agent_cdb"][quarter] = -2600
    frames["agent_speech"][quarter] = 1
    frames["agent_state"] = 1
    frames["agent_state"][quarter] = 3
    frames["line_state"][n // 2 : 3 * n // 4] = 5
    frames["call_state"][n // 8 :] = 3
    return frames


def drawn(events, duration_s=30):
    picture = plot.figure(frames_of(duration_s), events, "call.wav")
    return picture, {ax.get_label(): ax for ax in picture.axes}


def tick_words(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_all_axes_are_there_and_share_one_time():
    picture, axes = drawn(CALL)
    assert list(axes) == ["events", "agent", "line", "states"]
    assert picture.get_suptitle() == "call.wav"
    assert {ax.get_xlim() for ax in axes.values()} == {(0.0, 30.0)}
    assert axes["states"].get_xlabel() == "minutes : seconds"
    assert tick_words(axes["states"]) == ["agent", "line", "call", "bead"]
    assert "Agent" in axes["agent"].get_ylabel() and "line" in axes["line"].get_ylabel()


def test_each_event_has_its_row_and_its_mark_at_its_time():
    _picture, axes = drawn(CALL)
    ax = axes["events"]
    assert tick_words(ax) == [
        "ring",
        "call started",
        "silent call (2)",
        "hold",
        "silence at the end",
    ]
    marks = {line.get_gid(): line for line in ax.get_lines() if line.get_gid()}
    for event in CALL:
        if event["event"].startswith("HOLD"):
            continue
        mark = marks.pop(f"{event['event']}@{event['t_ms']}")
        assert list(mark.get_xdata()) == [event["t_ms"] / 1000]
    assert marks == {}
    texts = [text.get_text() for text in ax.texts]
    assert [text for text in texts if text in "12"] == ["1", "2"]


@pytest.mark.parametrize("name", [row[0] for row in TABLE.values()])
def test_every_event_of_the_contract_can_be_drawn_under_a_name_of_its_own(name):
    event = {"t_ms": 5000, "event": name, "call": 1}
    event |= dict.fromkeys(dict(TABLE.values())[name], 1)
    if name in ("INTERRUPTION", "BACKCHANNEL"):
        event["by"] = "AGENT"
    if name in ("HOLD_STARTED", "CALL_ENDED"):
        event["cause"] = "BUTTON"
    if name == "LINE_FAULT":
        event["channel"] = "LINE"
    ax = Figure().subplots()
    plot_events.draw(ax, [event], 30)
    expected = "hold" if name in ("HOLD_STARTED", "HOLD_ENDED") else words.TITLES[name]
    assert tick_words(ax) == [expected]


def test_a_hold_is_a_bar_from_its_true_beginning_to_its_end():
    assert plot_events.holds(CALL, 30000) == [(20000, 26000)]
    assert plot_events.holds(CALL[:5], 30000) == [(20000, 30000)]
    ended = {"t_ms": 29000, "event": "CALL_ENDED", "call": 1, "end_ms": 24000, "cause": "TONE"}
    assert plot_events.holds([*CALL[:5], ended], 30000) == [(20000, 24000)]
    _picture, axes = drawn(CALL)
    bars = [bar for bar in axes["events"].collections if bar.get_gid() == "hold"]
    (box,) = [path.get_extents() for bar in bars for path in bar.get_paths()]
    assert (box.x0, box.x1) == (20.0, 26.0)


def test_a_prompt_is_lined_through_all_rows():
    _picture, axes = drawn(CALL)
    for ax in axes.values():
        lined = {line.get_xdata()[0] for line in ax.get_lines() if line.get_alpha() == 0.45}
        assert lined == {11.0, 17.0, 28.0}


def test_levels_and_speech_stand_where_they_were_heard():
    _picture, axes = drawn(CALL)
    steps = [patch for patch in axes["agent"].patches if hasattr(patch, "get_data")]
    level_db, edges_s, _baseline = steps[0].get_data()
    middle = np.searchsorted(edges_s, 11.0)
    assert level_db[middle] == -26.0 and level_db[0] == -60.0
    bands = [patch for patch in axes["agent"].patches if hasattr(patch, "get_width")]
    spans = {(round(band.get_x(), 2), round(band.get_x() + band.get_width(), 2)) for band in bands}
    assert spans == {(7.5, 15.0)}


def test_the_states_name_their_wide_stretches():
    picture, axes = drawn(CALL)
    texts = {text.get_text() for text in axes["states"].texts}
    assert {"comfort noise", "speech", "music", "no signal", "talking"} <= texts
    legend = {text.get_text() for text in picture.legends[0].get_texts()}
    assert {"agent speaks", "customer speaks", "noise floor", "music"} <= legend
    assert not any("tone" in text for text in legend)


def test_a_white_bead_on_white_paper_has_an_outline():
    frames = frames_of(30)
    names = [signal.name for signal in SIGNALS]
    frames["signal"][500:700] = names.index("SILENT_CALL_1")
    frames["signal"][700:900] = names.index("SILENT_CALL_2")
    picture = plot.figure(frames, [], "call.wav")
    bars = next(ax for ax in picture.axes if ax.get_label() == "states").collections
    widths = {to_hex(bar.get_facecolor()[0]): bar.get_linewidth()[0] for bar in bars}
    assert widths.pop("#ffffff") > 0
    assert set(widths.values()) == {0}
    (white,) = [bar for bar in bars if to_hex(bar.get_facecolor()[0]) == "#ffffff"]
    assert max(white.get_edgecolor()[0][:3]) < 0.5


@pytest.mark.parametrize(
    ("duration_s", "step_s"), [(0.5, 1), (30, 2), (75, 5), (600, 60), (1800, 120), (7200, 600)]
)
def test_the_time_axis_has_round_steps_for_short_and_long_calls(duration_s, step_s):
    _picture, axes = drawn([], duration_s)
    ticks = axes["states"].get_xticks()
    assert len(ticks) <= 17
    assert all(tick == i * step_s for i, tick in enumerate(ticks))


def test_words_beside_marks_never_run_into_the_next_mark():
    times_ms = [*range(0, 12000, 700), 12000, 29000]
    events = [{"t_ms": t_ms, "event": "DEAD_AIR", "call": 1, "ms": 10000} for t_ms in times_ms]
    picture, axes = drawn(events)
    ax = axes["events"]
    (text,) = ax.texts
    assert text.get_text() == words.words_of(events[0])
    picture.canvas.draw()
    box = text.get_window_extent(picture.canvas.get_renderer())
    left_px, right_px = (ax.transData.transform((t_s, 0))[0] for t_s in (12.0, 29.0))
    assert left_px < box.x0 and box.x1 < right_px


# Machado, Oliveira, Fernandes 2009: what people without one kind of cone see, linear RGB.
BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("colours", [plot_strips.CHANNEL_COLOURS, plot_strips.CALL_COLOURS])
def test_colour_blind_people_can_tell_the_states_apart(kind, colours):
    seen = [np.array(BLINDNESS[kind]) @ _linear(colour) for colour in colours.values()]
    for at, one in enumerate(seen):
        for other in seen[at + 1 :]:
            assert np.linalg.norm(one - other) > 0.1


def _linear(colour):
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
