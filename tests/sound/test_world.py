"""The labelled world: its texts, its split, and that its truth is what sounds.

The voices of the world are fetched; these tests make calls of every kind with the committed ones.
"""

import functools
import json

import numpy as np
import pytest

from simulator import clips, codecs, expected, render, scenario, sound, tones
from simulator.world import calls, cast, games, kinds, music, packages, rnc, synthesis, voices

COMMITTED = ("studio", "reader", "caller", "operator")
TROUPE = cast.Troupe(
    {"real": ["studio"], "made": ["studio"]},
    {"real": ["reader"], "made": ["caller", "operator"]},
    ["operator"],
    ["cold-day"],
)
N_DECK = sum(share for _write, share in kinds.KINDS.values())


@functools.cache
def catalog():
    out = {}
    for voice in COMMITTED:
        rows = {}
        for name in clips.names_of(voice):
            seconds = len(clips.samples(name)) / sound.SAMPLE_RATE_HZ
            rows[name.split("/")[1]] = {"s": seconds, "kind": "words" if seconds < 1.2 else "any"}
        out[voice] = rows
    return out


@functools.cache
def first_of(kind):
    """(text, kind, conditions) of a part's first call of a kind."""
    for number in range(N_DECK):
        found = calls.written("tuning", number, catalog(), TROUPE)
        if found[1] == kind:
            return found
    raise AssertionError(f"no {kind} among {N_DECK} calls")


@functools.cache
def truth_of(kind):
    return render.truth_of(scenario.parse(first_of(kind)[0], kind))


def test_no_voice_and_no_music_is_in_both_parts():
    tuning, reporting = (cast.voices(part) for part in cast.PARTS)
    for field in ("name", "model"):
        assert not {getattr(v, field) for v in tuning} & {getattr(v, field) for v in reporting}
    for part in cast.PARTS:
        engines = {voice.engine for voice in cast.voices(part)}
        assert {"game", "sphinx", "espeak", "flite", "festival"} <= engines
    # One game is one cast of actors, whatever they are called scene by scene.
    games = [
        {v.model.split(":")[0] for v in part if v.engine == "game"} for part in (tuning, reporting)
    ]
    assert not games[0] & games[1]
    pieces = [set(music.pieces(part)) for part in cast.PARTS]
    assert not pieces[0] & pieces[1]


def test_a_number_is_always_the_same_call():
    once = [calls.written("reporting", n, catalog(), TROUPE) for n in range(6)]
    again = [calls.written("reporting", n, catalog(), TROUPE) for n in reversed(range(6))]
    assert once == again[::-1]
    assert once[0][0] != calls.written("tuning", 0, catalog(), TROUPE)[0]


def test_every_kind_is_dealt_as_often_as_its_share():
    dealt = [calls.written("tuning", n, catalog(), TROUPE)[1] for n in range(N_DECK)]
    assert {kind: dealt.count(kind) for kind in kinds.KINDS} == {
        kind: share for kind, (_write, share) in kinds.KINDS.items()
    }


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_call_of_every_kind_has_a_sane_truth(kind):
    truth = truth_of(kind)
    assert 20_000 < truth["duration_ms"] < 600_000
    assert truth["line_states"][0][0] == 0
    assert truth["line_states"][-1][1] == truth["duration_ms"]
    for (_a, end, _s), (start, _b, _t) in zip(
        truth["line_states"], truth["line_states"][1:], strict=False
    ):
        assert end == start
    for event in truth["events"]:
        assert event["event"] in expected.KINDS
        assert 0 <= event["t_ms"] <= truth["duration_ms"]
    spoken = sum(end - start for start, end in truth["agent"])
    active = sum(end - start for start, end in truth["agent_active"])
    assert active <= spoken
    for start, end in truth["agent_active"]:
        assert any(a <= start and end <= b for a, b in truth["agent"])


WANTED = {
    "silent": ["SILENT_CALL"],
    "quiet_customer": ["QUIET_CUSTOMER"],
    "noisy_line": [],
    "late_answer": ["LATE_ANSWER"],
    "greeting_missing": ["GREETING_MISSING"],
    "dead_air": ["DEAD_AIR"],
    "raised_voice": ["AGENT_RAISED_VOICE"],
    "shock": ["ACOUSTIC_SHOCK"],
    "slam": ["SLAM"],
    "line_fault": ["LINE_FAULT"],
    "long_hold": ["HOLD_STARTED", "LONG_HOLD", "CALLBACK_DUE", "HOLD_ENDED"],
    "unspoken_return": ["HOLD_RETURN_UNSPOKEN"],
    "normal": ["RING", "CALL_STARTED"],
}


@pytest.mark.parametrize("kind", WANTED)
def test_what_a_call_is_about_is_expected_of_it(kind):
    told = [event["event"] for event in truth_of(kind)["events"]]
    assert set(WANTED[kind]) <= set(told)


@pytest.mark.parametrize("kind", ["normal", "ring_speech", "noise_step", "dead_air"])
def test_a_call_in_which_nothing_is_wrong_calls_for_no_level_prompt(kind):
    told = {event["event"] for event in truth_of(kind)["events"]}
    assert not told & {"QUIET_CUSTOMER", "NOISY_LINE", "AGENT_QUIET", "AGENT_LOUD", "CUSTOMER_LOUD"}


def test_no_call_has_no_events():
    assert truth_of("no_call")["events"] == []


CALL = """
agent    room -90  leak -40
customer level -24
line     codec {codec}  loss {loss}  comfort -70  leak -30  room -95  floor -95
1.0  line up
+0.5 customer reader/amiable-woman
+1.0 customer reader/mister-dashwood
+1.0 end
"""


def heard(codec="none", loss=0):
    return render.render(scenario.parse(CALL.format(codec=codec, loss=loss)))


def test_g722_keeps_the_wide_band_and_its_place_in_time():
    plain, coded = heard()[0][:, 1] / 32768, heard("g722")[0][:, 1] / 32768
    assert sound.active_level_db(coded)[0] == pytest.approx(
        sound.active_level_db(plain)[0], abs=0.2
    )
    shifts = [
        np.dot(plain[100:-100], coded[100 + n : len(coded) - 100 + n]) for n in range(-80, 81)
    ]
    assert abs(int(np.argmax(shifts)) - 80) <= 32  # 2 ms, of a truth told to 5
    assert max(shifts) > 0.95 * np.dot(plain, plain)


@pytest.mark.parametrize("codec", ["alaw", "ulaw", "gsm"])
def test_a_narrow_line_keeps_the_level_and_loses_the_band(codec):
    samples, truth = heard(codec)
    line = samples[:, 1] / 32768
    assert truth["asl_customer_db"] == pytest.approx(-24, abs=0.3)
    assert sound.active_level_db(line)[0] == pytest.approx(-24, abs=1.0)
    power = np.abs(np.fft.rfft(line)) ** 2
    hz = np.fft.rfftfreq(len(line), 1 / sound.SAMPLE_RATE_HZ)
    assert power[hz > 4100].sum() < 1e-4 * power.sum()
    wide = np.abs(np.fft.rfft(heard()[0][:, 1] / 32768)) ** 2
    assert wide[hz > 4100].sum() > 1e-3 * wide.sum()


def test_lost_packets_change_so_much_of_the_sound_and_nothing_of_the_truth():
    (whole, truth), (lossy, same) = heard(), heard(loss=5)
    truth["settings"] = same["settings"]
    assert truth == same
    packets = (whole[:, 1] != lossy[:, 1])[: len(whole) // 320 * 320].reshape(-1, 320).any(axis=1)
    assert 0.01 < packets.mean() < 0.1
    assert np.array_equal(whole, heard()[0])  # the same seed, the same noise


def test_the_truth_about_activity_is_where_the_sound_is():
    samples, truth = heard("alaw")
    frames = (samples[: len(samples) // 80 * 80, 1] / 32768.0).reshape(-1, 80)
    loud = 10 * np.log10((frames**2).mean(axis=1) + 1e-12) > -24 - 14
    true = np.zeros(len(loud), bool)
    for start, end in truth["customer_active"]:
        true[round(start / 5) : round(end / 5)] = True
    assert (loud & ~true).sum() < 0.02 * true.sum()
    assert (true & loud).sum() > 0.8 * true.sum()


@pytest.mark.parametrize("plan", tones.PLANS["ring"])
def test_a_ring_is_one_ring_however_many_bursts_it_has(plan):
    text = f"1.0 ring {plan} 2\n+0.5 line up\n+0.5 agent hello\n+1.0 end"
    samples, truth = render.render(scenario.parse(text))
    assert len(truth["rings"]) == 2
    assert [e["rings"] for e in truth["events"] if e["event"] == "CALL_STARTED"] == [2]
    assert len(truth["tones"]) == 2 * len(tones.bursts_s("ring", plan))
    for start, end, _kind, _plan in truth["tones"]:
        burst = samples[start * 16 + 160 : end * 16 - 160, 1] / 32768.0
        assert sound.rms_db(burst) == pytest.approx(-24, abs=1.0)


def test_a_faulty_channel_says_nothing_true():
    text = "agent fault stuck\nline fault clipped\n1.0 agent studio/hello\n+1.0 end"
    samples, truth = render.render(scenario.parse(text))
    assert len(set(samples[:, 0])) == 1
    assert truth["agent"] == truth["agent_active"] == []


def test_leaks_are_coloured_and_keep_their_level():
    speech = np.concatenate([clips.samples(name) for name in clips.names_of("reader")])
    for seed in range(1, 12):
        taps = codecs.leak_filter(seed)
        heard_db = sound.active_level_db(codecs.leaked(speech, -20.0, 16, taps))[0]
        assert heard_db == pytest.approx(-46, abs=3)


def test_the_words_that_begin_a_call_count():
    """A clip begins a little before its first spurt, from which the call is counted."""
    text = "agent level -44\n1.0 line up\n+0.5 agent studio/enter-location studio/check-number"
    text += " studio/enter-number\n+1.0 busy germany 3\n+1.0 end"
    truth = render.truth_of(scenario.parse(text))
    first_ms = truth["agent_said"][0][0]
    assert first_ms < truth["agent"][0][0]
    (told,) = [event for event in truth["events"] if event["event"] == "AGENT_QUIET"]
    assert first_ms + 3000 <= told["t_ms"] <= first_ms + 4000


def test_syllables_are_counted_by_their_vowels():
    assert synthesis.syllables_of_ipa("həlˈoʊ\nɪz ˈɛnɪbˌɑːdi ðˈɛɹ") == 8
    assert synthesis.syllables_of_ipa("jˈuː ɑːɹ bˈɒtl̩z") == 4


class _Packer:
    """Writes the bit stream that rnc reads: words of 16 bits, raw bytes between them."""

    def __init__(self):
        self.out, self.word_at, self.held_bits = bytearray(), None, 16

    def put(self, value, n_bits):
        for n in range(n_bits):
            if self.held_bits == 16:
                self.word_at, self.held_bits = len(self.out), 0
                self.out += bytes(2)
            bit = value >> n & 1
            self.out[self.word_at + self.held_bits // 8] |= bit << self.held_bits % 8
            self.held_bits += 1

    def table(self, symbol):
        """A table of two codes: 0 stands for symbol 0, 1 for this one."""
        self.put(symbol + 1, 5)
        for n in range(symbol + 1):
            self.put(1 if n in (0, symbol) else 0, 4)


def test_a_packed_file_is_unpacked():
    packer = _Packer()
    packer.put(0, 2)
    for symbol in (2, 1, 3):  # lengths of raw bytes 0 and 2-3, distances 1 and 2, copies 2 and 6-9
        packer.table(symbol)
    packer.put(2, 16)  # two rounds
    packer.put(1, 1), packer.put(1, 1)  # symbol 2 and a bit: three raw bytes
    packer.out += b"abc"
    packer.put(1, 1)  # distance 2
    packer.put(1, 1), packer.put(1, 2)  # symbol 3 and two bits: 5 + 2 bytes, beyond what is there
    packer.put(0, 1)  # no more raw bytes
    packed = rnc.MAGIC + bytes(13) + b"\x01" + bytes(packer.out)
    assert rnc.unpacked(packed) == b"abc" + b"bcbcbcb"
    assert rnc.unpacked(b"plain") == b"plain"
    with pytest.raises(ValueError, match="no RNC data"):
        rnc.unpacked(rnc.MAGIC + bytes(13) + b"\x01" + bytes(2) + b"\xff" * 62)


# What an archive of Beneath a Steel Sky has under the numbers of its opening.
VOICE = b"\x81\x00" + 20 * b"\x80" + bytes(range(120, 136))
PICTURE = b"\x81\x00" + 20 * b"\x00" + bytes(range(120, 136))  # its edge is black
PALETTE = bytes(range(38))
SEQUENCE = b"\x81\x03" + 20 * b"\x80" + bytes(range(120, 136))


def test_pictures_of_a_game_are_nobodys_words(tmp_path, monkeypatch):
    folder = tmp_path / games.FOLDER / "beneath-a-steel-sky"
    folder.mkdir(parents=True)
    files = {59500: VOICE, 59501: PALETTE, 59502: PICTURE, 59503: SEQUENCE, 59600: VOICE}
    index, data = bytes(4), b""
    for number, file in files.items():
        place = len(data).to_bytes(3, "little") + len(file).to_bytes(3, "little")
        index += number.to_bytes(2, "little") + place
        data += file
    (folder / "sky.dnr").write_bytes(index)
    (folder / "sky.dsk").write_bytes(data)
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    games._sky_index.cache_clear()
    try:
        assert [name for name, _samples in games.lines("sky:595")] == ["59500"]
    finally:
        games._sky_index.cache_clear()


def test_noises_of_a_game_are_nobodys_words():
    assert "drascula:S" not in {voice.model for voice in cast.voices()}


def test_the_noise_around_a_recording_is_no_word_of_it():
    words = clips.samples("studio/enter-location")
    rest = sound.samples_from_s(0.5)
    whole = np.concatenate((np.zeros(rest), words, np.zeros(rest)))
    whole += 10 ** (-44 / 20) * np.random.default_rng(1).standard_normal(len(whole))
    assert sound.speech_spurts(whole)[0][0] < 0.1 * rest  # 18 dB below: a word, by the rule
    cut = voices._in_noise(whole)
    assert abs(len(cut) - len(words)) <= sound.samples_from_s(0.1)


def test_sentences_suffice():
    lines = voices.sentences()
    assert len(lines["agent"]) + len(lines["customer"]) >= 120
    assert all(lines[kind] for kind in ("agent", "customer", "words"))


@pytest.mark.parametrize(
    "row, sentence",
    [
        ("line codec morse\n1.0 end", "'morse' is no codec"),
        ("agent fault tired\n1.0 end", "'tired' is no fault"),
        ("crowd nobody\n1.0 end", "'nobody' is no voice"),
        ("1.0 shock click -1\n2.0 end", "shock wants"),
        ("1.0 knock\n2.0 end", "knock wants"),
        ("1.0 desk thunder -30\n2.0 end", "'thunder' is no noise"),
    ],
)
def test_a_bad_text_is_told_in_one_sentence(row, sentence):
    with pytest.raises(scenario.ScenarioError, match=sentence) as caught:
        scenario.parse(row, "x.call")
    assert "\n" not in str(caught.value)


def test_a_truth_is_plain_data():
    json.dumps(truth_of("normal"))
