"""Strategies for a kernel's buffers: arrays of words with their extremes, and buffers to be filled.

Hypothesis chooses how a buffer looks and a seed; the words follow from them, so that buffers of
640 words stay cheap to make.
Called by: the other files here.
"""

import random
from array import array

from hypothesis import strategies as st

from simulator.xtensa.emulator import Pack

WORD = 2**31
SCRATCH = (st.just(0), st.just(0))  # a kernel's first two arguments, where it wants registers
LONG_WORDS = 1000  # a failing example prints no more of a buffer
SHAPES = ("random", "small", "highest", "lowest", "swing", "impulse", "zero")


def words(n_words, lowest, highest, code="i"):
    """Arrays of n_words values from lowest to highest."""
    seeds = st.integers(0, 2**32 - 1)
    return st.builds(
        _fill, st.sampled_from(SHAPES), seeds, *map(st.just, (n_words, lowest, highest, code))
    )


def scratch(n_words):
    """A buffer that the kernel fills: what is in it does not matter, so it is never zero."""
    return words(n_words, -WORD, WORD - 1)


def fields(*ranges):
    """Arrays whose words mean different things: each within its (lowest, highest)."""
    return st.integers(0, 2**32 - 1).map(lambda seed: _fields(seed, ranges))


def packed(*parts):
    """A pack of buffers and numbers."""
    return st.tuples(*parts).map(Pack)


def joined(*parts):
    """Arrays made of others, one behind the other."""
    return st.tuples(*parts).map(lambda arrays: sum(arrays[1:], arrays[0]))


class Table(array):
    """An array that a failing example does not print in full."""

    def __repr__(self):
        return f"a table of {len(self)} words"


def table(values):
    """The same array each time."""
    return st.builds(Table, st.just("i"), st.just(Table("i", values)))


def _fill(shape, seed, n_words, lowest, highest, code):
    source = random.Random(seed)
    zero = min(max(0, lowest), highest)
    if shape == "random":
        values = [source.randint(lowest, highest) for _ in range(n_words)]
    elif shape == "small":
        values = [_any_size(source, lowest, highest) for _ in range(n_words)]
    elif shape == "highest":
        values = [highest] * n_words
    elif shape == "lowest":
        values = [lowest] * n_words
    elif shape == "swing":
        period = source.randint(1, 40)
        values = [highest if i // period % 2 else lowest for i in range(n_words)]
    else:
        values = [zero] * n_words
        if shape == "impulse":
            values[source.randrange(n_words)] = source.choice((lowest, highest))
    return Table(code, values) if n_words > LONG_WORDS else array(code, values)


def _fields(seed, ranges):
    source = random.Random(seed)
    ends = source.random() < 0.3  # often, all at one end or the other
    return array("i", [source.choice(r) if ends else source.randint(*r) for r in ranges])


def _any_size(source, lowest, highest):
    """Mostly small values: each number of bits is as likely as another."""
    value = source.getrandbits(source.randint(1, 31)) * source.choice((1, -1))
    return min(max(value, lowest), highest)
