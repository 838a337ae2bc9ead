"""No kernel leaves its 32-bit word, whatever the microphones deliver; and full scale reads right.

The kernels run on integers that raise instead of wrapping (tests/core/words32.py). That the VM
computes the same from the same sound is for tests/sim to show.
"""

import importlib.util
import math
import pkgutil
import random
from array import array

import pytest
from callclip.core import kernels
from callclip.core.bead import Bead
from callclip.core.config import Config
from callclip.core.kernels import levels
from callclip.core.pack import pack
from callclip.core.units import FRAME_SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import calls
from tests.core.words32 import Pointer, Word, WordError, checked_kernels

MOST = (1 << 23) - 1
LEAST = -(1 << 23)
N_FRAMES = 20
SQUARE_CDB = 0
SINE_CDB = -301
SILENCE_CDB = -12000


@pytest.fixture(autouse=True, scope="module")
def called():
    """The front end and everything after it use the checked kernels; which of them were called."""
    names = set()
    with pytest.MonkeyPatch.context() as patch:
        for module in kernel_modules():
            for name, function in checked_kernels(module).items():
                patch.setattr(module, name, noting(names, name, function))
        yield names


def kernel_modules():
    found = pkgutil.iter_modules(kernels.__path__, kernels.__name__ + ".")
    return [importlib.import_module(row.name) for row in found]


KERNELS = {name for module in kernel_modules() for name in checked_kernels(module)}


def noting(names, name, function):
    def noted(*arguments):
        names.add(name)
        return function(*arguments)

    return noted


def square(half_period):
    return lambda n: MOST if n // half_period % 2 else LEAST


def sine(hz):
    return lambda n: round(MOST * math.sin(2 * math.pi * hz * n / 16000))


def noise(seed):
    """Every sample at one end or the other: the loudest sound there is."""
    return lambda n: random.Random(seed * 1_000_003 + n).choice((LEAST, MOST))


SOUNDS = {
    "silence": (lambda n: 0, lambda n: 0),
    "square at half the rate": (square(1), square(1)),
    "square at a quarter of the rate": (square(2), square(2)),
    "square at 1 kHz": (square(8), square(8)),
    "square of one frame": (square(320), square(320)),
    "square of 2 s": (square(16000), square(16000)),
    "opposite squares": (square(8), lambda n: -1 - square(8)(n)),
    "noise": (noise(1), noise(2)),
    "positive direct current": (lambda n: MOST, lambda n: MOST),
    "negative direct current": (lambda n: LEAST, lambda n: LEAST),
    "opposite direct current": (lambda n: LEAST, lambda n: MOST),
    "one sample": (lambda n: LEAST if n == 3000 else 0, lambda n: MOST if n == 3000 else 0),
    "one side only": (square(8), lambda n: 0),
    "sines": (sine(1000), sine(440)),
    "sine in the middle of a bin": (sine(1015.625), sine(3984.375)),
    "least bit": (lambda n: n & 1, lambda n: -(n & 1)),
}


def slots(agent, line, n_first, low_bits=0):
    """One frame; low_bits: what stands below the 24 bits, which a microphone need not define."""
    out = array("i")
    for n in range(n_first, n_first + FRAME_SAMPLES):
        out.append(agent(n) << 8 | low_bits)
        out.append(line(n) << 8 | low_bits)
    return out.tobytes()


def hear(bead, agent, line, n_frames, low_bits=0):
    for k in range(n_frames):
        bead.frame(slots(agent, line, k * FRAME_SAMPLES, low_bits))


@pytest.mark.parametrize("name", SOUNDS)
def test_no_word_overflows(name):
    """With all bits below the 24 set, which makes each slot a little more than its sample."""
    bead = Bead(Config())
    hear(bead, *SOUNDS[name], N_FRAMES, low_bits=255)
    assert bead.n_frames == N_FRAMES


@pytest.mark.parametrize(
    "sound, expected_cdb",
    [
        (square(8), SQUARE_CDB),
        (sine(1000), SINE_CDB),
        (lambda n: 0, SILENCE_CDB),
        (lambda n: LEAST, SILENCE_CDB),
    ],
)
def test_levels_at_the_ends_of_the_scale(sound, expected_cdb):
    """Direct current is no sound: the DC block takes it away, to the last bit."""
    bead = Bead(Config())
    hear(bead, sound, sound, 40)
    assert abs(bead.view.agent.level_cdb - expected_cdb) <= 3
    assert abs(bead.view.line.level_cdb - expected_cdb) <= 3


def test_every_kernel_is_checked(called):
    """A kernel that hearing does not reach here, or that is not replaced, would prove nothing."""
    called.clear()
    bead = Bead(Config())
    bead.ringer.use(ANY_RINGER)
    hear(bead, lambda n: 0, noise(1), 5)
    bead.press(is_long=False)  # a call, so that its rules count
    hear(bead, lambda n: 0, lambda n: n & 1, 40)
    hear(bead, square(40), lambda n: sine(1000)(n) // 4, 20)
    shout = calls.samples("normal_call")[8 * 16000 :].astype(int) << 12  # clips at every syllable
    agent, line = shout.clip(LEAST, MOST).T.tolist()
    hear(bead, agent.__getitem__, line.__getitem__, 80)
    assert called == KERNELS


def test_every_bin_at_full_scale():
    """A tone in the middle of each bin in turn: the odd ones for the agent, on the line the even
    ones, downwards. Both channels' bins go through the same kernels."""
    bead = Bead(Config())
    for k in range(1, 128, 2):
        agent, line = sine(k * 31.25), sine((127 - k) * 31.25)
        bead.frame(slots(agent, line, k * FRAME_SAMPLES))
    assert bead.n_frames == 64


# A ringer that any loud sound is: the ringer's kernels work, too.
ANY_RINGER = {
    "channel": 0,
    "level_cdb": -800,
    "purity_q10": 0,
    "fill_pct": 40,
    "pause_frames": 50,
    "mean_q10": [64] * 16,
    "most_q10": [1024] * 16,
    "runs": [20],
}

STRETCHES = st.tuples(
    st.sampled_from(("square", "noise", "level", "clicks")),
    st.integers(1, 400),  # half a period, samples between clicks, or a seed
    st.integers(0, 23),  # peak in bits
    st.integers(LEAST, MOST),  # offset
)


def sound_of(stretch):
    kind, number, bits, offset = stretch
    peak = (1 << bits) - 1

    def sample(n):
        if kind == "square":
            value = peak if n // number % 2 else -peak
        elif kind == "noise":
            value = random.Random(number * 1_000_003 + n).choice((-peak, peak))
        elif kind == "clicks":
            value = 0 if n % number else peak
        else:
            value = peak
        return max(LEAST, min(MOST, value + offset))

    return sample


@settings(max_examples=20)
@given(st.lists(st.tuples(STRETCHES, STRETCHES, st.integers(1, 3)), min_size=1, max_size=6))
def test_no_word_overflows_in_any_order(stretches):
    bead = Bead(Config())
    n_frames = 0
    for agent, line, n in stretches:
        hear(bead, sound_of(agent), sound_of(line), n)
        n_frames += n
    assert bead.n_frames == n_frames


@given(st.integers(-(1 << 31), (1 << 31) - 1))
def test_centidb_takes_any_word(value):
    from callclip.core import units

    out = array("i", [0, 7])
    table = array("i", units.LOG_WORDS)
    buffers = array("i", [value]), array("i", [-300])
    levels.centidb(0, 0, pack(*buffers, 1, table, out))
    assert abs(out[0] + 300 - 1000 * math.log10(max(value, 1))) <= 1.5
    assert out[1] == 7


def test_a_kernel_that_overflows_is_found(tmp_path):
    """The squares of two full-scale samples fit no word: summed without a shift, they raise."""
    path = tmp_path / "loud.py"
    path.write_text(
        "def energy(samples_in):\n"
        "    samples = ptr32(samples_in)\n"
        "    return samples[0] * samples[0] + samples[1] * samples[1]\n"
    )
    spec = importlib.util.spec_from_file_location("loud", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    energy = checked_kernels(module)["energy"]
    assert energy(array("i", [1000, 1000])) == 2_000_000
    with pytest.raises(WordError):
        energy(array("i", [MOST, MOST]))


@pytest.mark.parametrize(
    "act",
    [
        lambda: Word(1 << 30) * 2,
        lambda: Word(MOST) * Word(MOST),
        lambda: 1 << Word(31),
        lambda: Word(1) << 32,
        lambda: Word(1) >> -1,
        lambda: -Word(-(1 << 31)),
        lambda: 0 - Word(-(1 << 31)),
        lambda: Pointer(bytearray(8), "i")[2],
        lambda: Pointer(bytearray(8), "i")[-1],
    ],
)
def test_what_viper_would_let_pass_raises(act):
    with pytest.raises(WordError):
        act()
