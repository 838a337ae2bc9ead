"""A voice far below its microphone's person is another's; on the line only behind a dead one."""

from array import array

import pytest
from callclip.core.bands import FULL, N_VALUES
from callclip.core.ear import Moment
from callclip.core.frame import Frame
from callclip.core.kernels import nearness as kernel
from callclip.core.nearness import Nearness

SECOND = 50
SILENT_CDB = -7000
VOICE, NO_VOICE = 500, -2000


class Desk:
    """Both channels, frame by frame; a side that speaks is believed unless it is doubted."""

    def __init__(self):
        self.frame = Frame()
        self.frame.call_state = 3
        self.levels = array("i", [SILENT_CDB] * (2 * N_VALUES))
        self.logits = array("i", [NO_VOICE] * 8)
        self.moments = (Moment(), Moment())
        facts = [moment.facts for moment in self.moments]
        self.nearness = Nearness(self.levels, self.frame.facts, *facts, self.logits, 0, 0)

    def hear(self, n_frames, agent_cdb=SILENT_CDB, line_cdb=SILENT_CDB, is_still=0):
        """Shares of the frames that are doubted: (agent, line)."""
        doubted = [0, 0]
        sides = (self.frame.agent, self.frame.line)
        for _ in range(n_frames):
            self.frame.agent.is_still = is_still
            for side, level_cdb in enumerate((agent_cdb, line_cdb)):
                self.levels[side * N_VALUES + FULL] = level_cdb
                self.logits[side] = VOICE if level_cdb > SILENT_CDB else NO_VOICE
                self.moments[side].is_other = self.moments[side].is_settling = 0
            kernel.doubt(self.nearness.pack)
            for side, moment in enumerate(self.moments):
                assert moment.is_settling == 2 * moment.is_other
                is_active = self.logits[side] == VOICE and not moment.is_other
                sides[side].is_active = 1 if is_active else 0
                doubted[side] += moment.is_other
        return [n / n_frames for n in doubted]


def test_a_neighbour_is_not_the_agent_once_the_agents_last_word_is_over():
    desk = Desk()
    assert desk.hear(5 * SECOND, agent_cdb=-2000)[0] == 0
    desk.hear(4 * SECOND)
    assert desk.hear(2 * SECOND, agent_cdb=-4200)[0] == 1
    assert desk.hear(2 * SECOND, agent_cdb=-2400)[0] == 0


def test_a_words_soft_end_belongs_to_it():
    desk = Desk()
    desk.hear(5 * SECOND, agent_cdb=-2000)
    assert desk.hear(2 * SECOND, agent_cdb=-4200)[0] == 0


def test_a_knock_is_not_taken_for_the_agent():
    """40 ms at full scale within his words, which are as faint as AGENT_QUIET allows."""
    desk = Desk()
    desk.hear(5 * SECOND, agent_cdb=-3200)
    desk.hear(2, agent_cdb=-100)
    desk.hear(8 * SECOND)
    assert desk.hear(2 * SECOND, agent_cdb=-3200)[0] == 0


def test_rubbing_a_microphone_is_not_taken_for_the_agent():
    """A second at full scale that passes for a voice; then words of some -34 dBFS."""
    desk = Desk()
    desk.hear(5 * SECOND, agent_cdb=-2800)
    desk.hear(SECOND, agent_cdb=-100)
    desk.hear(8 * SECOND)
    assert desk.hear(2 * SECOND, agent_cdb=-2800)[0] == 0


def test_somebody_much_softer_who_goes_on_talking_is_heard_after_a_while():
    """4 dB less than what would be the agent's: some 7 s of voice."""
    desk = Desk()
    desk.hear(20 * SECOND, agent_cdb=-1500)
    desk.hear(10 * SECOND)
    assert desk.hear(5 * SECOND, agent_cdb=-3400)[0] == 1
    desk.hear(4 * SECOND, agent_cdb=-3400)
    assert desk.hear(5 * SECOND, agent_cdb=-3400)[0] == 0


@pytest.mark.parametrize("side", [0, 1])
def test_whoever_is_softer_in_the_next_call_is_heard_at_once(side):
    """The agent, and behind a dead microphone the customer."""
    desk = Desk()
    loud, soft = ({("agent_cdb", "line_cdb")[side]: level_cdb} for level_cdb in (-1200, -3600))
    desk.hear(20 * SECOND, is_still=side, **loud)
    desk.frame.call_state = 0
    desk.hear(5 * SECOND, is_still=side)
    desk.frame.call_state = 3
    assert desk.hear(5 * SECOND, is_still=side, **soft)[side] == 0


@pytest.mark.parametrize(("is_still", "share"), [(0, 0), (1, 1)])
def test_the_line_is_doubted_behind_a_dead_microphone_alone(is_still, share):
    desk = Desk()
    desk.hear(5 * SECOND, line_cdb=-2000, is_still=is_still)
    desk.hear(4 * SECOND, is_still=is_still)
    assert desk.hear(2 * SECOND, line_cdb=-4000, is_still=is_still)[1] == share


def test_a_microphone_that_moves_again_ends_it_at_once():
    desk = Desk()
    desk.hear(5 * SECOND, line_cdb=-2000, is_still=1)
    desk.hear(4 * SECOND, is_still=1)
    assert desk.hear(1, line_cdb=-4000, is_still=0)[1] == 0


def test_hours_of_voice_stay_within_a_word():
    desk = Desk()
    desk.nearness.state[2] = -95990
    desk.hear(2 * SECOND, agent_cdb=-6900)
    assert desk.nearness.state[2] >= -96006
