"""Hearing: slots in, a filled Frame out. Composes front end, floors, net, tones and states.

The frame that is shown lies SHOWN_FRAMES behind the microphone, since the net decides about a frame
once it has heard what came next. Tones, music and the line's background find out later than that
anyway and date their findings back.
Called by: bead.py, once a 20 ms frame; allocates nothing.
"""

from array import array

from callclip.core import net as nets
from callclip.core.background import Background
from callclip.core.features import Features
from callclip.core.floor import WARM_UP_FRAMES, NoiseFloor
from callclip.core.frame import LATE_FRAMES, MUSIC, SHOWN_FRAMES, SPEECH, TONE, Frame
from callclip.core.frontend import FULL, TELEPHONE, FrontEnd
from callclip.core.hindsight import Hindsight
from callclip.core.loudness import Loudness
from callclip.core.music import MusicDetector
from callclip.core.ringer import Ringer
from callclip.core.ringlearn import RingLearner
from callclip.core.ringtemplate import AGENT, LINE
from callclip.core.speech import SpeechDetector
from callclip.core.speechlevel import SpeechLevel
from callclip.core.syllables import SyllableCounter
from callclip.core.tones import ToneDetector
from callclip.core.tuning import AGENT_SPEECH, LINE_SPEECH, MUSIC_Q8
from callclip.core.units import frames_from_ms

LINE_ECHO_CDB = 250
LEAST_TELEPHONE_CDB = 200  # so far below everything lies the telephone band of a line, at most
MUSIC_RISE_CDB = 300
NO_MUSIC_Q8 = -128
LEAK_MARGIN_CDB = 600
ROOM_MARGIN_CDB = 200  # the other side's room noise is steadier than its speech
LEAST_LEVEL_CDB = -12000
HOLD_SPEECH_MS = 300  # that much speech between two beeps, and they are no hold
TALKING_FRAMES = frames_from_ms(60)  # then a steady pure sound is a vowel, before it a tone


class Ear:
    """What is kept for one channel from frame to frame."""

    def __init__(self, config, spectrum, leak, levels_q8, echo_cdb):
        self.spectrum = spectrum
        self.floor = NoiseFloor()
        self.leak = leak
        self.speech = SpeechDetector(levels_q8)
        self.hindsight = Hindsight(levels_q8)
        self.background = Background(config.no_signal_cdb, config.noise_cdb, echo_cdb)
        # Levels and floors of the frames between the microphone and the frame that is shown.
        self._waiting = array("i", [LEAST_LEVEL_CDB] * (2 * SHOWN_FRAMES))

    def show(self, channel, at):
        """Fill in level and floor of the frame SHOWN_FRAMES ago."""
        waiting = self._waiting
        channel.level_cdb = waiting[at]
        channel.floor_cdb = waiting[at + 1]
        level_cdb = self.spectrum.levels_cdb[FULL]
        waiting[at] = level_cdb if level_cdb > LEAST_LEVEL_CDB else LEAST_LEVEL_CDB
        waiting[at + 1] = self.floor.levels_cdb[FULL]

    def is_leak(self, other, is_other_speech):
        """The other channel's leak explains all there is in this frame."""
        leak_cdb = self.leak.level_cdb + (LEAK_MARGIN_CDB if is_other_speech else ROOM_MARGIN_CDB)
        own_cdb = self.spectrum.levels_cdb
        other_cdb = other.spectrum.levels_cdb
        if other_cdb[TELEPHONE] + leak_cdb >= own_cdb[TELEPHONE]:
            return True
        # The hiss of an S leaks above the telephone's band.
        return is_other_speech and other_cdb[FULL] + leak_cdb >= own_cdb[FULL]


class Hearing:
    def __init__(self, config):
        self.frame = Frame()
        self._front = FrontEnd()
        self._loudness = Loudness(self._front, SHOWN_FRAMES)
        self.features = Features(config.leak_agent_cdb, config.leak_line_cdb)
        self._agent = Ear(config, self._front.agent, self.features.agent_leak, AGENT_SPEECH, 0)
        self._line = Ear(
            config, self._front.line, self.features.line_leak, LINE_SPEECH, LINE_ECHO_CDB
        )
        self.net = nets.Net(self.features.values)
        self._tones = ToneDetector(self._front.agent, self._line.floor)
        self.ringer = Ringer()
        self.learner = RingLearner(self._agent.floor, self._line.floor)
        self._music = MusicDetector(MUSIC_Q8)
        self._agent_level = SpeechLevel()
        self._line_level = SpeechLevel()
        self._syllables = SyllableCounter()
        self._at = 0  # in Ear's waiting levels
        self._n_lost = 0  # frames of a gap that the shown frame has not passed yet
        self._n_until_shown = 0  # frames until it does

    def lose(self, index, n_frames):
        """n_frames from `index` on were lost: they are no silence, and no end of a tone."""
        self._n_lost += n_frames
        self._n_until_shown = SHOWN_FRAMES
        self._tones.lose(n_frames)
        self.ringer.lose(index, n_frames)

    def hear(self, slots, index):
        """Analyse slots, frame `index`, into self.frame, which then tells of an earlier frame."""
        frame = self.frame
        agent = self._agent
        line = self._line
        shown = index - SHOWN_FRAMES
        if self._n_lost:
            shown = self._behind_gap(shown)
        frame.index = shown
        self._front.analyse(slots)
        self._loudness.update(slots, frame)
        agent.floor.update(agent.spectrum)
        line.floor.update(line.spectrum)
        self.learner.update(agent.spectrum, line.spectrum)
        self.features.update(agent.spectrum, agent.floor, line.spectrum, line.floor)
        self.net.step()
        at = self._at
        agent.show(frame.agent, at)
        line.show(frame.line, at)
        self._at = at + 2 if at + 2 < 2 * SHOWN_FRAMES else 0
        logits_q8 = self.net.logits_q8
        is_settling = 1 if index - LATE_FRAMES < WARM_UP_FRAMES else 0
        agent.hindsight.update(frame.agent, logits_q8[nets.AGENT_LATE], is_settling)
        line.hindsight.update(
            frame.line, logits_q8[nets.CUSTOMER_LATE], is_settling or self._tones.is_tonal
        )
        self._hear_agent(frame, shown, index)
        self._hear_line(frame, shown, index)
        self._agent_level.update(frame.agent, shown)
        self._line_level.update(frame.line, shown)
        self._syllables.update(frame.agent, agent.spectrum, SHOWN_FRAMES)

    def _behind_gap(self, shown):
        """The shown frame, which for SHOWN_FRAMES after a gap still lies before it."""
        if self._n_until_shown == 0:
            self._n_lost = 0
            return shown
        self._n_until_shown -= 1
        return shown - self._n_lost

    def _hear_agent(self, frame, shown, index):
        ear = self._agent
        channel = frame.agent
        is_ring = self.ringer.is_ringing_at(AGENT)
        # A ring is known by its rhythm, later than the net takes its notes for a voice.
        is_note = is_ring or self.ringer.is_fitting_at(AGENT, shown)
        is_other_sound = shown < WARM_UP_FRAMES or is_note
        ear.speech.decide(channel, self.net.logits_q8[nets.AGENT_LIVE], is_other_sound, shown)
        is_leak = ear.is_leak(self._line, frame.line.is_in_spurt)
        ear.background.update(ear.spectrum.levels_cdb[FULL], is_leak, index)
        ear.background.grade(channel, is_leak or frame.line.is_in_spurt)
        if is_ring:
            _set_state(channel, TONE, self.ringer.start)
        elif channel.is_speech:
            _set_state(channel, SPEECH, channel.spurt_start)
        else:
            _set_state(channel, ear.background.state, shown)

    def _hear_line(self, frame, shown, index):
        ear = self._line
        channel = frame.line
        background = ear.background
        is_leak = ear.is_leak(self._agent, frame.agent.is_in_spurt)
        tones = self._tones
        music = self._music
        if frame.n_busy_cycles:
            music.reset()
        else:
            music.update(self._music_logit_q8(ear), index - LATE_FRAMES)
        channel.is_maybe_music = music.is_maybe
        is_talking = channel.is_speech and shown - channel.spurt_start > TALKING_FRAMES
        tones.update(frame, ear.spectrum, music.is_music, is_talking, index)
        self.ringer.update(frame, self._agent.spectrum, ear.spectrum, music.is_music, index)
        is_ring = self.ringer.is_ringing_at(LINE)
        is_other_sound = shown < WARM_UP_FRAMES or tones.is_tonal or is_ring or music.is_music
        ear.speech.decide(channel, self.net.logits_q8[nets.CUSTOMER_LIVE], is_other_sound, shown)
        if channel.is_speech and channel.spurt_ms >= HOLD_SPEECH_MS:
            tones.speech_heard(frame)
        is_foreign = is_leak or tones.is_narrow or tones.is_tonal
        levels_cdb = ear.spectrum.levels_cdb
        # Wind at the mouth leaks below the telephone band; no connected line is only that.
        level_cdb = min(levels_cdb[FULL], levels_cdb[TELEPHONE] + LEAST_TELEPHONE_CDB)
        background.update(level_cdb, is_foreign, index)
        background.grade(channel, is_foreign or music.is_maybe or frame.agent.is_in_spurt)
        if music.is_music:
            _set_state(channel, MUSIC, music.since)
        elif tones.is_tonal:
            _set_state(channel, TONE, tones.start)
        elif is_ring:
            _set_state(channel, TONE, self.ringer.start)
        elif channel.is_speech:
            _set_state(channel, SPEECH, channel.spurt_start)
        else:
            since = background.since
            if channel.state == MUSIC and music.until >= since:
                since = music.until + 1
            _set_state(channel, background.state, since)

    def _music_logit_q8(self, ear):
        """The net's opinion, unless nothing stands above the floor: hum sounds like a chord."""
        rise_cdb = ear.spectrum.levels_cdb[TELEPHONE] - ear.floor.levels_cdb[TELEPHONE]
        logit_q8 = self.net.logits_q8[nets.MUSIC]
        if rise_cdb < MUSIC_RISE_CDB and logit_q8 > NO_MUSIC_Q8:
            return NO_MUSIC_Q8
        return logit_q8


def _set_state(channel, state, since):
    if state != channel.state:
        channel.state = state
        channel.state_since = since
