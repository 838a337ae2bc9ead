"""Hearing: slots in, a filled Frame out. Composes front end, floors, net, tones and states.

The frame that is shown lies SHOWN_FRAMES behind the microphone, since the net decides about a frame
once it has heard what came next. Tones, music and the line's background find out later than that
anyway and date their findings back.
Called by: bead.py, once a 20 ms frame; allocates nothing. Each stage is a kernel call or two and
keeps its state in an array: what Python does between them is most of what a frame costs.
"""

from callclip.core import net as nets
from callclip.core.background import ANY_CDB, Background
from callclip.core.bands import FULL, TELEPHONE
from callclip.core.features import Features
from callclip.core.floor import WARM_UP_FRAMES, NoiseFloor
from callclip.core.frame import LATE_FRAMES, MUSIC, NEVER, SHOWN_FRAMES, TONE, Frame
from callclip.core.frontend import FrontEnd
from callclip.core.hindsight import Hindsight
from callclip.core.kernels import activity, background, hills, levels, speech
from callclip.core.loudness import Loudness
from callclip.core.music import IS_MAYBE, IS_MUSIC, SINCE, UNTIL, MusicDetector
from callclip.core.ringer import Ringer
from callclip.core.ringlearn import RingLearner
from callclip.core.ringtemplate import AGENT, LINE
from callclip.core.speech import SpeechDetector
from callclip.core.speechlevel import SpeechLevel
from callclip.core.syllables import SyllableCounter
from callclip.core.tones import ToneDetector
from callclip.core.tuning import AGENT_SPEECH, LINE_SPEECH, MUSIC_Q8
from callclip.core.units import frames_from_ms

LEAST_TELEPHONE_CDB = 200  # so far below everything lies the telephone band of a line, at most
NO_MUSIC_Q8 = -128
HOLD_SPEECH_MS = 300  # that much speech between two beeps, and they are no hold
TALKING_FRAMES = frames_from_ms(60)  # then a steady pure sound is a vowel, before it a tone
# What background.compare tells.
IS_AGENT_LEAK, IS_LINE_LEAK, IS_LINE_HIGH, IS_AGENT_TALKING = 1, 2, 4, 8
# Facts of a channel, then of a frame (frame.py).
_IS_SPEECH, _IS_MAYBE_MUSIC, _SPURT_START, _SPURT_MS = 2, 6, 9, 10
_INDEX, _N_BUSY_CYCLES = 64, 67


class Ear:
    """What is kept for one channel from frame to frame."""

    def __init__(self, config, spectrum, facts, levels_q8, own_cdb):
        self.spectrum = spectrum
        self.levels_cdb = spectrum.levels_cdb
        self.facts = facts  # of the frame that is shown
        self.floor = NoiseFloor()
        self.floor_cdb = self.floor.levels_cdb
        self.speech = SpeechDetector(levels_q8).state
        self.hindsight = Hindsight(levels_q8).state
        self.background = Background(config.no_signal_cdb, config.noise_cdb, own_cdb).facts
        self.level = SpeechLevel()


class Hearing:
    def __init__(self, config):
        self.frame = Frame()
        self._front = FrontEnd()
        self.features = Features(config.leak_agent_cdb, config.leak_line_cdb)
        agent, line = self.frame.agent.facts, self.frame.line.facts
        self._agent = Ear(config, self._front.agent, agent, AGENT_SPEECH, ANY_CDB)
        self._line = Ear(config, self._front.line, line, LINE_SPEECH, config.no_signal_cdb)
        self._loudness = Loudness(self._front, self._agent.floor, self._line.floor, SHOWN_FRAMES)
        self.net = nets.Net(self.features.values)
        self._tones = ToneDetector(self._front.agent, self._line.floor)
        self.ringer = Ringer()
        self.learner = RingLearner(self._agent.floor, self._line.floor)
        self._music = MusicDetector(MUSIC_Q8)
        self._syllables = SyllableCounter()
        self._n_lost = 0  # frames of a gap that the shown frame has not passed yet
        self._n_until_shown = 0  # frames until it does
        self._tonal_until = NEVER

    def lose(self, index, n_frames):
        """n_frames from `index` on were lost: they are no silence, and no end of a tone."""
        self._n_lost += n_frames
        self._n_until_shown = SHOWN_FRAMES
        self._tones.lose(n_frames)
        self.ringer.lose(index, n_frames)

    def _behind_gap(self, shown):
        """The shown frame, which for SHOWN_FRAMES after a gap still lies before it."""
        if self._n_until_shown == 0:
            self._n_lost = 0
            return shown
        self._n_until_shown -= 1
        return shown - self._n_lost

    def attend(self, slots):
        """What comes before the net: levels, floors and self.features of one frame."""
        agent = self._agent
        line = self._line
        self._front.analyse(slots)
        track_floor = levels.track_floor
        track_floor(0, 0, agent.levels_cdb, agent.floor.state, agent.floor_cdb)
        track_floor(0, 0, line.levels_cdb, line.floor.state, line.floor_cdb)
        self.features.update(agent.spectrum, agent.floor, line.spectrum, line.floor)

    def floors_cdb(self):
        """What the net's word on the noise is about: the floors of the frame just attended to."""
        return self._agent.floor_cdb[FULL], self._line.floor_cdb[FULL]

    def hear(self, slots, index):
        """Analyse slots, frame `index`, into self.frame, which then tells of an earlier frame."""
        frame = self.frame
        facts = frame.facts
        agent = self._agent
        line = self._line
        shown = index - SHOWN_FRAMES
        if self._n_lost:
            shown = self._behind_gap(shown)
        facts[_INDEX] = shown
        self.attend(slots)
        self._loudness.update(slots, frame)
        if self.learner.state:
            self.learner.update(agent.spectrum, line.spectrum)
        self.net.step()
        found = background.compare(
            self._front.levels_cdb,
            self.features.agent_leak.leak,
            self.features.line_leak.leak,
            line.floor_cdb,
            facts,
        )
        self._hear_agent(agent, found & IS_AGENT_LEAK, shown, index)
        self._hear_line(frame, line, found, shown, index)
        hills.count(
            0,
            0,
            agent.levels_cdb,
            agent.spectrum.scales,
            SHOWN_FRAMES,
            self._syllables.state,
            agent.facts,
        )

    def _hear_agent(self, ear, is_leak, shown, index):
        facts = ear.facts
        logits_q8 = self.net.logits_q8
        is_settling = 1 if index - LATE_FRAMES < WARM_UP_FRAMES else 0
        speech.settle(logits_q8[nets.AGENT_LATE], 0, is_settling, ear.hindsight, facts)
        is_other_sound = 1 if shown < WARM_UP_FRAMES else 0
        sound = 0
        since = shown
        ringer = self.ringer
        if ringer.template:
            # A ring is known by its rhythm, later than the net takes its notes for a voice.
            if ringer.is_ringing_at(AGENT):
                sound = TONE
                since = ringer.start
                is_other_sound = 1
            elif ringer.is_fitting_at(AGENT, shown):
                is_other_sound = 1
        speech.decide(logits_q8[nets.AGENT_LIVE], shown, is_other_sound, ear.speech, facts)
        background.listen(
            ear.levels_cdb[FULL],
            index,
            ear.floor_cdb[FULL],
            logits_q8[nets.AGENT_NOISE],
            is_leak,
            sound,
            ear.background,
            facts,
        )
        background.show(sound, since, ear.background, 0, facts)
        level = ear.level
        if activity.follow(0, shown, level.tables, level.state, facts):
            level.take_mean(facts)

    def _hear_music(self, n_busy_cycles, is_high, index):
        if n_busy_cycles:
            self._music.reset()
            return
        logit_q8 = self.net.logits_q8[nets.MUSIC]
        if logit_q8 > NO_MUSIC_Q8 and not is_high:
            logit_q8 = NO_MUSIC_Q8  # nothing stands above the floor: hum sounds like a chord
        speech.add(logit_q8, index - LATE_FRAMES, self._music.facts)

    def _hear_line(self, frame, ear, found, shown, index):
        facts = ear.facts
        logits_q8 = self.net.logits_q8
        tones = self._tones
        music = self._music.facts
        if tones.is_tonal:
            self._tonal_until = index + LATE_FRAMES
        # What is settled is about a frame that lies so far back: a tone's end, too.
        is_settling = index - LATE_FRAMES < WARM_UP_FRAMES or index <= self._tonal_until
        is_settling = is_settling or music[IS_MUSIC]
        speech.settle(logits_q8[nets.CUSTOMER_LATE], 0, is_settling, ear.hindsight, facts)
        self._hear_music(frame.facts[_N_BUSY_CYCLES], found & IS_LINE_HIGH, index)
        is_music = music[IS_MUSIC]
        is_maybe = music[IS_MAYBE]
        facts[_IS_MAYBE_MUSIC] = is_maybe
        is_talking = facts[_IS_SPEECH] and shown - facts[_SPURT_START] > TALKING_FRAMES
        tones.update(frame, ear.spectrum, is_music, is_talking, index)
        is_tonal = tones.is_tonal
        sound = 0
        since = NEVER
        if self.ringer.template:
            self.ringer.update(frame, self._agent.spectrum, ear.spectrum, is_music, index)
            if self.ringer.is_ringing_at(LINE):
                sound = TONE
                since = self.ringer.start
        if is_music:
            sound = MUSIC
            since = music[SINCE]
        elif is_tonal:
            sound = TONE
            since = tones.start
        is_other_sound = shown < WARM_UP_FRAMES or sound
        speech.decide(logits_q8[nets.CUSTOMER_LIVE], shown, is_other_sound, ear.speech, facts)
        if facts[_SPURT_MS] >= HOLD_SPEECH_MS and facts[_IS_SPEECH]:
            tones.speech_heard(frame)
        is_foreign = 0
        if found & IS_LINE_LEAK or tones.is_narrow or is_tonal:
            is_foreign = 1 | found & IS_AGENT_TALKING
        # Wind at the mouth leaks below the telephone band; no connected line is only that.
        level_cdb = ear.levels_cdb[FULL]
        most_cdb = ear.levels_cdb[TELEPHONE] + LEAST_TELEPHONE_CDB
        if level_cdb > most_cdb:
            level_cdb = most_cdb
        background.listen(
            level_cdb,
            index,
            ear.floor_cdb[FULL],
            logits_q8[nets.LINE_NOISE],
            is_foreign,
            is_maybe or sound,
            ear.background,
            facts,
        )
        background.show(sound, since, ear.background, music[UNTIL], facts)
        level = ear.level
        if activity.follow(0, shown, level.tables, level.state, facts):
            level.take_mean(facts)
