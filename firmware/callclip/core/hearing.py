"""Hearing: slots in, a filled Frame out. Composes front end, floors, leak, speech and states.

Called by: bead.py, once a 20 ms frame; allocates nothing.
"""

from callclip.core.background import Background
from callclip.core.floor import WARM_UP_FRAMES, NoiseFloor
from callclip.core.frame import MUSIC, NO_SIGNAL, SPEECH, TONE, Frame
from callclip.core.frontend import FULL, FrontEnd
from callclip.core.leak import LeakEstimate
from callclip.core.loudness import Loudness
from callclip.core.music import MusicDetector
from callclip.core.periodicity import Periodicity
from callclip.core.speech import SpeechDetector
from callclip.core.speechlevel import SpeechLevel
from callclip.core.syllables import SyllableCounter
from callclip.core.tones import ToneDetector
from callclip.core.units import frames_from_ms

LEAK_MARGIN_CDB = 600
ROOM_MARGIN_CDB = 200  # the other side's room noise is steadier than its speech
LEAST_LEAK_LINE_CDB = -3000
LEAST_LEAK_AGENT_CDB = -4000
LEAST_LEVEL_CDB = -12000
HOLD_SPEECH_MS = 300  # that much speech between two beeps, and they are no hold
UP_FRAMES = 8  # after the line came up the smoothed levels are near; twice that, there
TALKING_FRAMES = frames_from_ms(60)  # then a steady pure sound is a vowel, before it a tone
FRESH_FRAMES = frames_from_ms(500)  # a line that just came up: only a voice is speech on it


class Ear:
    """What is kept for one channel from frame to frame."""

    def __init__(self, config, spectrum, leak_cdb, least_leak_cdb):
        self.spectrum = spectrum
        self.floor = NoiseFloor()
        self.leak = LeakEstimate(leak_cdb, least_leak_cdb)
        self.speech = SpeechDetector()
        self.background = Background(config.no_signal_cdb, config.noise_cdb)

    def measure(self, channel, other, is_talking):
        """Levels, floor, and how far the frame rises above floor and leak."""
        spectrum = self.spectrum
        level_cdb = spectrum.levels_cdb[FULL]
        channel.level_cdb = level_cdb if level_cdb > LEAST_LEVEL_CDB else LEAST_LEVEL_CDB
        floor = self.floor
        floor.update(spectrum, is_talking)
        channel.floor_cdb = floor.levels_cdb[FULL]
        self.speech.score(spectrum, floor, other.spectrum, self.leak.level_cdb + LEAK_MARGIN_CDB)

    def is_leak(self, channel, other_channel):
        """The other channel's leak explains all there is in this frame."""
        margin_cdb = LEAK_MARGIN_CDB if other_channel.is_speech else ROOM_MARGIN_CDB
        return other_channel.level_cdb + self.leak.level_cdb + margin_cdb >= channel.level_cdb


class Hearing:
    def __init__(self, config):
        self.frame = Frame()
        self._front = FrontEnd()
        self._loudness = Loudness(self._front)
        self._agent = Ear(config, self._front.agent, config.leak_agent_cdb, LEAST_LEAK_AGENT_CDB)
        self._line = Ear(config, self._front.line, config.leak_line_cdb, LEAST_LEAK_LINE_CDB)
        self._periodicity = Periodicity(self._front)
        self._tones = ToneDetector(self._front.agent, self._line.floor)
        self._music = MusicDetector()
        self._agent_level = SpeechLevel()
        self._line_level = SpeechLevel()
        self._syllables = SyllableCounter()

    def hear(self, slots, index):
        """Analyse one frame of slots into self.frame, which then belongs to frame `index`."""
        frame = self.frame
        frame.index = index
        agent = self._agent
        line = self._line
        self._front.analyse(slots)
        self._loudness.update(slots, frame)
        is_talking = frame.agent.is_in_spurt or frame.line.is_in_spurt
        agent.measure(frame.agent, line, is_talking)
        line.measure(frame.line, agent, is_talking)
        self._periodicity.update(agent.speech.above_cdb, line.speech.above_cdb)
        self._hear_agent(frame, index)
        self._hear_line(frame, index)
        self._agent_level.update(frame.agent, index)
        self._line_level.update(frame.line, index)
        self._syllables.update(frame.agent, agent.spectrum, index - frame.index)
        if frame.agent.is_active and not frame.line.is_active:
            line.leak.update(line.spectrum, agent.spectrum, agent.floor)
        elif frame.line.is_active and not frame.agent.is_active:
            agent.leak.update(agent.spectrum, line.spectrum, line.floor)

    def _hear_agent(self, frame, index):
        ear = self._agent
        channel = frame.agent
        is_settling = index < WARM_UP_FRAMES
        ear.speech.decide(
            channel, ear.spectrum, self._periodicity.agent_q10, False, False, is_settling, index
        )
        if ear.speech.is_noise:
            ear.floor.seed(ear.spectrum)
        is_leak = ear.is_leak(channel, frame.line)
        ear.background.update(channel.level_cdb, channel.floor_cdb, is_leak, index)
        if channel.is_speech:
            _set_state(channel, SPEECH, channel.spurt_start)
        else:
            _set_state(channel, ear.background.state, index)

    def _hear_line(self, frame, index):
        ear = self._line
        channel = frame.line
        speech = ear.speech
        spectrum = ear.spectrum
        background = ear.background
        is_leak = ear.is_leak(channel, frame.agent)
        tones = self._tones
        music = self._music
        if frame.n_busy_cycles:
            music.reset()
        else:
            music.update(spectrum, speech.score_cdb, index)
        is_talking = channel.is_speech and index - channel.spurt_start > TALKING_FRAMES
        tones.update(frame, spectrum, is_leak or music.is_music, is_talking, index)
        is_other_sound = tones.is_tonal or music.is_music or index < WARM_UP_FRAMES
        is_fresh = background.state == NO_SIGNAL or index - background.since < FRESH_FRAMES
        speech.decide(
            channel,
            spectrum,
            self._periodicity.line_q10,
            is_fresh,
            tones.is_narrow,
            is_other_sound,
            index,
        )
        if channel.is_speech and channel.spurt_ms >= HOLD_SPEECH_MS:
            tones.speech_heard(frame)
        up_frames = index - background.since
        is_settled = up_frames == UP_FRAMES or up_frames == 2 * UP_FRAMES
        if speech.is_noise or (is_settled and speech.n_voiced == 0):
            ear.floor.seed(spectrum)
        is_foreign = is_leak or tones.is_narrow or tones.is_tonal
        background.update(channel.level_cdb, channel.floor_cdb, is_foreign, index)
        if music.is_music:
            _set_state(channel, MUSIC, music.since)
        elif tones.is_tonal:
            _set_state(channel, TONE, tones.start)
        elif channel.is_speech:
            _set_state(channel, SPEECH, channel.spurt_start)
        else:
            _set_state(channel, background.state, background.since)


def _set_state(channel, state, since):
    if state != channel.state:
        channel.state = state
        channel.state_since = since
