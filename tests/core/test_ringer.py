"""A ringer is learned from two rings and then counted, and nothing else is taken for it."""

import json
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from callclip.core import ringstates, ringtemplate
from callclip.core.bands import N_BANDS

from simulator import render, scenario, sound, vm
from tests.core.listen import quiet, slots, white
from tests.core.ringers import RINGERS, rings

HERE = Path(__file__).parent
OTHER_DB = -25  # what the other microphone hears of the ringer
NAMES = list(RINGERS)


def clips(kind):
    return sorted(
        f"{p.parent.name}/{p.stem}"
        for p in scenario.CLIPS.glob("*/*.flac")
        if (p.parent.name == "music") == kind
    )


def talk(level_db=-26):
    words = np.concatenate([render.clip(name) for name in clips(False)[::5]])
    return words * sound.gain_from_db(level_db + 26)


def at_both(heard, channel, noise_db=-70):
    """(agent, line) of a sound at one microphone, faintly at the other."""
    near = heard + white(len(heard) / 16000, noise_db, 3)
    far = heard * sound.gain_from_db(OTHER_DB) + white(len(heard) / 16000, -75, 4)
    return (far, near) if channel == ringtemplate.LINE else (near, far)


Learner = namedtuple("Learner", "state reason template")


def in_the_vm(agent, line, *more):
    """What vm_ringers.py says of two microphones' sound; more: the text of a second file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, data in (("slots", slots(agent, line)), *more):
            paths.append(Path(folder, name))
            paths[-1].write_bytes(data)
        script = [str(HERE / "vm_ringers.py"), str(HERE.parents[1] / "firmware")]
        command = [*vm.find(), *script, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout)


def learn(agent, line):
    """The learner after it has heard two microphones."""
    return Learner(*in_the_vm(agent, line))


def learned(name, channel):
    learner = learn(*at_both(rings(name, 3, -28), channel))
    assert learner.state == ringstates.LEARNED, ringstates.REASONS[learner.reason]
    return learner.template


def n_rings(templates, agent, line):
    """How many rings each template counts in the same sound."""
    return in_the_vm(agent, line, ("templates", json.dumps(templates).encode()))


@pytest.mark.parametrize("name", NAMES)
def test_a_ringer_is_learned_at_the_louder_microphone_and_counted(name):
    channel = NAMES.index(name) % 2
    template = learned(name, channel)
    assert template["channel"] == channel
    assert ringtemplate.problem(json.loads(json.dumps(template))) == ""
    heard = rings(name, 3, -32, talk(-30))
    assert n_rings([template], *at_both(heard, channel, -47)) == [3]


def test_no_template_rings_for_voices_music_or_another_ringer():
    templates = [learned(name, ringtemplate.AGENT) for name in NAMES[::3]]
    voices = np.concatenate([render.clip(name) for name in clips(False)])[: 50 * 16000]
    music = np.concatenate([render.clip(name)[: 12 * 16000] for name in clips(True)])
    for heard in (voices, music, rings("one tone", 3, -28), quiet(3)):
        got = n_rings(templates, heard, quiet(len(heard) / 16000))
        assert got == [0] * len(templates)


def test_another_ringer_in_the_room_does_not_ring():
    template = learned("warble", ringtemplate.AGENT)
    for other in ("slow warble", "trill", "bell", "tune"):
        assert n_rings([template], *at_both(rings(other, 2, -28), ringtemplate.AGENT)) == [0], other


@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        (np.concatenate((rings("warble", 1, -28), rings("chime", 1, -28))), ringstates.UNLIKE),
        (np.concatenate((np.zeros(16000), white(8, -30))), ringstates.TOO_LONG),
        (rings("warble", 1, -28)[: 3 * 16000], ringstates.NO_RING),
    ],
)
def test_what_is_not_two_rings_alike_is_refused_with_its_reason(heard, reason):
    line = np.concatenate((heard, np.zeros(14 * 16000)))
    learner = learn(*at_both(line, ringtemplate.LINE))
    assert (learner.state, learner.reason) == (ringstates.REFUSED, reason)
    assert learner.template is None


def test_talk_is_not_learned():
    learner = learn(*at_both(np.concatenate((np.zeros(16000), talk())), ringtemplate.AGENT))
    assert learner.state != ringstates.LEARNED


def test_a_template_has_no_room_for_sound():
    """Whatever is learned: at most 44 small integers."""
    template = learned("long tune", ringtemplate.LINE)
    numbers = [n for v in template.values() for n in (v if isinstance(v, list) else [v])]
    assert len(numbers) <= 44 and all(isinstance(n, int) and abs(n) < 2**14 for n in numbers)
    assert ringtemplate.N_BANDS == N_BANDS


@pytest.mark.parametrize(
    "spoilt",
    [{"runs": [9, 9]}, {"runs": [300]}, {"mean_q10": [0] * 15}, {"level_cdb": 1}, {"more": 1}],
)
def test_a_spoilt_template_is_told(spoilt):
    template = learned("one tone", ringtemplate.LINE) | spoilt
    assert ringtemplate.problem(template)
