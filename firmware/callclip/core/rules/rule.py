"""What all rules have in common: a meter that runs in every frame, and a judge that seldom does.

A meter is a kernel, (pack of a frame's facts, the rule's state, tables.EXP) -> int: it counts
what the rule counts, and is not 0 when there is something to judge. What a frame costs is above all
Python, so that only there a rule may take its time. The first words of a state are the call states
in which the rule holds (a bit each), what wakes it before its time (bits of call.py), and the frame
until which it sleeps.
Called by: call.py.
"""

from array import array

from callclip.core.kernels import rules as kernels

DUE = 2
HEAD_WORDS = 3
AT_ONCE = 0
NEVER_DUE = 0x3FFFFFFF
# Times only move on, so that a rule that waits for a silence may sleep until it could be long
# enough, and see then. A word counts from its last frame, but is known so many frames later.
LATE_WORD_FRAMES = 12


class Rule:
    """A rule that only waits; others bring a meter of their own."""

    STATES = 0
    WAKES = 0

    def __init__(self, call, words=()):
        """words: what the rule's meter keeps behind the head."""
        self._call = call
        self.facts = array("i", (self.STATES, self.WAKES, AT_ONCE) + tuple(words))

    def meter(self):
        return kernels.is_due

    def is_waiting(self):
        """Whether it has no meter of its own."""
        return len(self.facts) == HEAD_WORDS

    def move(self, facts):
        """Keep the head there from now on."""
        for word in range(HEAD_WORDS):
            facts[word] = self.facts[word]
        self.facts = facts

    def sleep_until(self, index):
        """Judge no more before frame `index`, unless woken."""
        self.facts[DUE] = index

    def begin(self, frame):
        """A call starts."""

    def judge(self, frame):
        """The meter has found something."""
