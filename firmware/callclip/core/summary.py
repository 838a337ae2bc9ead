"""The summary of one call, as CALL_ENDED carries it.

Times are frames inside and milliseconds in `values`, levels centi-dB re full scale. Talk, overlap,
silence and hold come from the timeline and add up to the duration; nothing said beside a held line
counts as talk. Levels are active speech levels after P.56, the noise is the median floor of the
line while it was up.
Called by: call.py and the rules (counts), the ending rule (finish).
Ref: events.SUMMARY_FIELDS; ITU-T P.56 (active speech level).
"""

from array import array

from callclip.core import events
from callclip.core.frame import COMFORT_NOISE, NEVER, NOISE, SPEECH
from callclip.core.histogram import Histogram
from callclip.core.timeline import Timeline
from callclip.core.units import FRAME_MS, frames_from_ms

_MUSIC_BACKDATE_MS = 6000  # how late music may be recognised, by the contract
_MARGIN_MS = 2000  # hearing's own back-dating of a state
_N_VALUES = 2 + len(events.SUMMARY_FIELDS)

# Strain: points a call, meant for comparison with `break_strain`, not as a medical measure.
_STRAIN_A_CUSTOMER_INTERRUPTION = 5
_STRAIN_AN_OWN_INTERRUPTION = 3
_STRAIN_LOUD_FROM_CDB = -2000  # a customer's mean level above this strains: 3 points a dB
_STRAIN_A_LOUD_DB = 3
_STRAIN_LONG_FROM_S = 300  # a call longer than this strains: 2 points a minute
_STRAIN_A_LONG_MINUTE = 2
_STRAIN_LONG_MAX = 40
STRAIN_MAX = 1000


class Summary:
    """Accumulators of one call; `values` is the row of CALL_ENDED after `finish`."""

    def __init__(self, config, frame_facts):
        late_ms = max(config.hold_detect_ms, config.drop_end_ms, _MUSIC_BACKDATE_MS)
        self.timeline = Timeline(frames_from_ms(late_ms + _MARGIN_MS), frame_facts)
        self.values = array("i", bytes(4 * _N_VALUES))
        self._noise_levels = Histogram()
        self._start = 0
        self._rings = 0
        self._answer_frames = 0
        self._n_syllables = 0  # count at the start, moved on by what was said on hold
        self._n_syllables_at_hold = 0
        # Counts. Bound: one a second at most, 86,400 in 24 h.
        self.holds = 0
        self.interruptions_agent = 0
        self.interruptions_customer = 0
        self.backchannels = 0
        self.strain = 0  # of the last finished call

    def begin(self, start, frame, rings, answer_frames):
        """A call starts at frame `start`, heard in `frame`."""
        self.timeline.begin(start, frame.index)
        self._noise_levels.clear()
        self._start = start
        self._rings = rings
        self._answer_frames = answer_frames
        self._n_syllables = frame.agent.n_syllables
        self.holds = 0
        self.interruptions_agent = 0
        self.interruptions_customer = 0
        self.backchannels = 0

    def note_noise(self, line):
        """Take in the floor of the line, every now and then outside a hold."""
        state = line.state
        if state == COMFORT_NOISE or state == NOISE or state == SPEECH:
            self._noise_levels.add(line.floor_cdb)

    def hold_begins(self, since, frame):
        """A hold has been recognised that began at frame `since`."""
        self.holds += 1
        self._n_syllables_at_hold = frame.agent.n_syllables
        self.timeline.hold_since(since, frame.index)

    def hold_goes_on(self, back, frame):
        """The hold that seemed to be over at frame `back` was not."""
        self._n_syllables_at_hold = frame.agent.n_syllables
        self.timeline.hold_since(back, frame.index)

    def hold_over(self, back, frame):
        """The hold was over at frame `back`."""
        self._n_syllables += frame.agent.n_syllables - self._n_syllables_at_hold
        self.timeline.no_hold_since(back, frame.index)

    def finish(self, end, cause, frame, hold_since, n_prompts):
        """Fill `values` for a call that ended at frame `end`.

        hold_since: where a hold began that goes on at the end, else NEVER. If it began where the
        call ended, it was none and is not counted.
        """
        timeline = self.timeline
        timeline.finish(end)
        if hold_since != NEVER:
            if hold_since >= end:
                self.holds -= 1
            self.hold_over(frame.index + 1, frame)
        agent_frames = timeline.agent_frames()
        duration_ms = (end - self._start) * FRAME_MS
        values = self.values
        values[0] = end
        values[1] = cause
        values[2] = duration_ms
        values[3] = agent_frames * FRAME_MS
        values[4] = timeline.customer_frames() * FRAME_MS
        values[5] = timeline.both_frames() * FRAME_MS
        values[6] = timeline.silence_frames() * FRAME_MS
        values[7] = timeline.hold_frames() * FRAME_MS
        values[8] = self.holds
        values[9] = timeline.longest_silence * FRAME_MS
        values[10] = timeline.longest_hold * FRAME_MS
        values[11] = self.interruptions_agent
        values[12] = self.interruptions_customer
        values[13] = self.backchannels
        values[14] = self._rings
        values[15] = self._answer_frames * FRAME_MS
        values[16] = timeline.agent_level.level_cdb()
        values[17] = timeline.customer_level.level_cdb()
        values[18] = self._noise_levels.median_cdb()
        values[19] = _syllables_per_min(frame.agent.n_syllables - self._n_syllables, agent_frames)
        self.strain = strain_score(
            self.interruptions_agent, self.interruptions_customer, values[17], duration_ms
        )
        values[20] = self.strain
        values[21] = n_prompts


def _syllables_per_min(n_syllables, talk_frames):
    """Rate over the agent's own talk; 0 for less than a second of it.

    Bound: 24 h at 8 syllables a second are 691,200, times 600 below 2**30.
    """
    tenths_s = talk_frames // 5
    if tenths_s < 10:
        return 0
    return n_syllables * 600 // tenths_s


def strain_score(interruptions_agent, interruptions_customer, asl_customer_cdb, duration_ms):
    """Points for how hard a call was on the agent: interruptions, a loud customer, length."""
    score = interruptions_customer * _STRAIN_A_CUSTOMER_INTERRUPTION
    score += interruptions_agent * _STRAIN_AN_OWN_INTERRUPTION
    if asl_customer_cdb > _STRAIN_LOUD_FROM_CDB:
        score += (asl_customer_cdb - _STRAIN_LOUD_FROM_CDB) * _STRAIN_A_LOUD_DB // 100
    long_s = duration_ms // 1000 - _STRAIN_LONG_FROM_S
    if long_s > 0:
        score += min(_STRAIN_LONG_MAX, long_s * _STRAIN_A_LONG_MINUTE // 60)
    return min(score, STRAIN_MAX)
