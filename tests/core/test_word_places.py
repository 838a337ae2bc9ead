"""Kernels repeat where words stand that other modules share with them; here the two are one.

Viper sees constants of its own file only. Facts, talk and moments are held by tests/house/
test_facts.py; this is the rest that more than one module reads: what the tone lines keep in
`found`, what the music detector keeps, the net's words, its plans and its kinds of layers.
"""

import pytest
from callclip.core import (
    bands,
    frame,
    music,
    net,
    ringsound,
    syllables,
    talk,
    tonelines,
    transitions,
    units,
)
from callclip.core import chords as notes
from callclip.core.kernels import (
    chords,
    hills,
    levels,
    linenoise,
    lines,
    loudness,
    meters,
    moments,
    nearness,
    piece,
    rules,
    samples,
    speech,
    watches,
)
from callclip.core.kernels import net as net_kernel
from callclip.core.kernels import turns as turns_kernel
from callclip.core.nearness import BEFORE_CDB, MOST_CDB
from callclip.core.rules import shock, turns

PLACES = (
    "PLACE", "_LINE", "_SECOND", "_HIDDEN", "LINE_CDB", "NEAR_CDB", "SHARE_Q10", "END_CDB",
    "N_OTHER", "RUN", "PLACE_128TH", "IS_TONAL", "IS_NARROW", "KIND",
)  # fmt: skip
KINDS = ("IS_PURE", "IS_MASKED", "IS_STEADY", "IS_SIGNALLED")
ROWS = (levels, loudness, moments, nearness, samples)  # kernels that walk rows of levels
# Kernel, name there, home, name there.
SAME = (
    *((lines, f"_{name.lstrip('_')}", tonelines, name) for name in PLACES + KINDS),
    *((lines, name, tonelines, name) for name in ("_VALUES",)),
    *((lines, name, ringsound, name) for name in ("_LINE", "_SECOND")),
    *((moments, f"_{name}", tonelines, name) for name in ("IS_TONAL", "IS_NARROW", "START")),
    (moments, "_MUSIC_SINCE", music, "SINCE"),
    (moments, "_MUSIC_UNTIL", music, "UNTIL"),
    *((moments, f"_{name}", music, name) for name in ("IS_MUSIC", "IS_MAYBE")),
    *((speech, f"_{name}", music, name) for name in ("SINCE", "UNTIL", "IS_MUSIC", "IS_MAYBE")),
    (speech, "_MUSIC", net, "MUSIC"),
    (piece, "_MUSIC", net, "MUSIC"),
    (chords, "_MUSIC", net, "MUSIC"),
    (linenoise, "_CUSTOMER_HEARD", talk, "CUSTOMER_HEARD"),
    *(
        (chords, f"_{name}", notes, name)
        for name in ("N_STANDING", "WEIGHED_Q8", "LAST_CHORD", "N_WEIGHED", "N_NEW")
    ),
    (speech, "_WEIGHED_Q8", notes, "WEIGHED_Q8"),
    (chords, "_CUSTOMER_LATE", net, "CUSTOMER_LATE"),
    *((kernel, "_OPINION_Q8", music, "OPINION_Q8") for kernel in (chords, piece)),
    (piece, "_IS_MUSIC", music, "IS_MUSIC"),
    (piece, "_MUSIC_SUM_Q8", speech, "_MUSIC_SUM_Q8"),
    (piece, "_TELEPHONE", bands, "TELEPHONE"),
    (chords, "_IS_MUSIC", music, "IS_MUSIC"),
    (chords, "_TONE", frame, "TONE"),
    (chords, "_N_BINS", bands, "N_BINS"),
    *((moments, name, speech, name) for name in ("_CLIPPED_BITS", "_IS_OVERDRIVEN")),
    *((rules, f"_{name}", talk, name) for name in ("VOICE_SHIFT", "SILENT_FRAMES")),
    (watches, "_LEAST_16TH", shock, "_LEAST_16TH_CDB"),
    (watches, "_FADE_SOUND_16TH", shock, "FADE_SOUND_16TH_CDB"),
    (watches, "_FADE_SILENCE_16TH", shock, "FADE_SILENCE_16TH_CDB"),
    *((watches, f"_{name}", shock, name) for name in ("SOUND_CDB", "ATTACK_SHIFT")),
    (nearness, "_IS_FAINT", speech, "_IS_FAINT"),
    (rules, "_HINDSIGHT_FRAMES", frame, "HINDSIGHT_FRAMES"),
    (meters, "_CLIPPED_SAMPLES", speech, "_CLIPPED_SAMPLES"),
    (moments, "_SQUARE_SAMPLES", speech, "_SQUARE_SAMPLES"),
    (speech, "_NO_VOICE_Q8", frame, "NO_VOICE_Q8"),
    (lines, "_N_BANDS", bands, "N_BANDS"),
    *((kernel, "_LINE", frame, "LINE_FACTS") for kernel in (moments, nearness)),
    *((kernel, "_VALUES", bands, "N_VALUES") for kernel in ROWS),
    *((kernel, "_FULL", bands, "FULL") for kernel in (moments, nearness)),
    (moments, "_NET_LATE_FRAMES", frame, "LATE_FRAMES"),
    *((net_kernel, f"_{name}", net, name) for name in ("N_UNITS", "DOZEN")),
    *(
        (net_kernel, name, net, name)
        for name in ("_OF_FEATURES", "_OF_POOLS", "_OF_TAPS", "_OF_UNITS")
    ),
)


@pytest.mark.parametrize(
    ("kernel", "name", "home", "home_name"),
    SAME,
    ids=[f"{row[0].__name__.split('.')[-1]}.{row[1]}-{row[3]}" for row in SAME],
)
def test_a_word_stands_where_its_home_has_it(kernel, name, home, home_name):
    assert getattr(kernel, name) == getattr(home, home_name)


def test_the_clipped_bit_that_hindsight_asks_for_is_of_its_own_frame():
    """Bit 0 is the frame shown before, as bits are added after they are read."""
    assert moments._LATE_BIT == frame.HINDSIGHT_FRAMES - 1
    assert moments._LATE_BIT < speech._N_CLIPPED_BITS


def test_states_have_room_for_what_kernels_keep_in_them():
    assert len(music.MusicDetector((1, 2, 4, 3, 5)).facts) == piece._FULL_64TH_CDB + 1
    assert chords._AGE + 1 == notes._N_WORDS


def test_an_overlap_is_under_way_when_it_is_long_enough_to_count():
    assert units.frames_from_ms(turns.MIN_OVERLAP_MS) == turns_kernel._TOGETHER_FRAMES


def test_no_two_words_of_found_share_a_place():
    named = {getattr(tonelines, name) for name in PLACES} | {tonelines.START, tonelines.END}
    named |= {lines._WAS_PLACE, lines._WAS_CDB}
    values = range(tonelines._VALUES, tonelines._VALUES + tonelines._N_VALUES)
    rest = range(lines._REST, lines._REST + bands.N_BINS + 1)
    assert len(named) == len(PLACES) + 4
    assert not named & {*values, *rest} and not {*values} & {*rest}
    assert max(*named, *values, *rest) < tonelines._FOUND_WORDS


def test_the_plan_of_lines_is_read_where_it_is_written():
    plan = tonelines.ToneLines(_Spectrum(), frame.Frame().facts)._plan
    assert plan[lines._FIRST] == tonelines.LINE_FIRST_BIN
    assert plan[lines._END] == tonelines.LINE_END_BIN
    assert list(plan[: lines._N_BANDS + 1]) == list(bands.BAND_EDGES_BINS)


class _Spectrum:
    """Buffers as large as a front end's."""

    def __init__(self):
        from array import array

        self.power = array("i", bytes(4 * bands.N_BINS))
        self.scales = array("i", bytes(4 * 8))
        self.offsets = array("i", bytes(4 * 32))


def test_the_nets_words_lie_where_its_kernel_looks():
    """Logits of a dozen, inputs, sums; then what net.py names; pools and peaks in between."""
    k = net_kernel
    at = 0
    for place, n_words in (
        (net._LOGITS, net.DOZEN), (k._INPUTS, net.N_UNITS), (k._FIRST_SUM, net.N_UNITS),
        (net._UNITS, net.N_UNITS), (net._SLOW_UNITS, net.N_UNITS), (k._FIRST_POOL, net.N_UNITS),
        (k._FIRST_PEAK, net.N_UNITS), (k._FIRST_CONTEXT, net.N_UNITS),
    ):  # fmt: skip
        assert place == at
        at += n_words
    assert at == net._N_WORDS
    assert k._FIRST_CONTEXT == net._CONTEXT
    assert k._SUMS_BYTES == 4 * k._FIRST_SUM
    assert net.POOL_FRAMES == 1 << k._POOL_SHIFT
    assert net.N_LOGITS <= net.DOZEN
    assert k._DOZEN_WORDS_BYTES == 4 * net.DOZEN


def test_a_plan_is_read_as_it_is_written():
    """A block that hears the context: every word of its row is another number."""
    planner = net._Planner()
    dilation = net.DILATIONS[3]
    (row,) = rows = planner._block(dilation, True)
    plan = planner._plan(rows, 84, 228)
    k = net_kernel
    assert (plan[k._N_PLAN_ROWS], plan[k._WEIGHT], plan[k._BIAS]) == (1, 0, 0)
    assert (plan[k._UNITS], plan[k._OUT]) == (84, 228)
    assert len(plan) == k._HEAD + k._ROW == k._HEAD + len(row[0])
    words = plan[k._HEAD :]
    weights = net.weights.SHIFTS
    assert words[k._KIND] == net._OF_TAPS
    assert words[k._N_OUT] == net.N_UNITS
    assert (words[k._TAPS_SHIFT], words[k._SHIFT]) == (weights[0], weights[1])
    assert words[k._DILATION] == dilation
    assert (words[k._FIRST], words[k._N_ROWS]) == (0, 2 * dilation + 1)
    assert (words[k._NOW], words[k._IS_CONTEXT_ADDED]) == (0, 1)


def test_the_weights_stand_where_the_plan_of_bands_has_them():
    plan = bands.plan()
    n = len(bands.A_WEIGHTED_Q10)
    at = levels._WEIGHTS
    assert tuple(plan[at : at + n]) == bands.A_WEIGHTED_Q10
    assert tuple(plan[at + n :]) == bands.BAND_Q10


def test_syllables_are_counted_in_the_bands_that_their_limits_are_of():
    assert hills._END_BAND - hills._FIRST_BAND == syllables.N_VOWEL_BANDS
    hz = [edge * 31.25 for edge in bands.BAND_EDGES_BINS]
    assert (hz[hills._FIRST_BAND], hz[hills._END_BAND]) == (281.25, 1875.0)


def test_what_nearness_goes_back_to_is_what_it_begins_with():
    assert nearness._BEFORE_16TH == 16 * BEFORE_CDB
    assert nearness._MOST_16TH == 16 * MOST_CDB
    assert nearness._RINGING == rules._RINGING == transitions.RINGING
