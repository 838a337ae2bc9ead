"""Hearing: slots in, a filled Frame out. Composes front end, floors, net, tones and states.

The frame that is shown lies SHOWN_FRAMES behind the microphone, since the net decides about a frame
once it has heard what came next. Tones, music and the line's background find out later than that
anyway and date their findings back.
Called by: bead.py, once a 20 ms frame; allocates nothing. Each stage is a kernel call or two and
keeps its state in an array: what Python does between them is most of what a frame costs.
"""

from callclip.core import ear, floor
from callclip.core import net as nets
from callclip.core.bands import FULL
from callclip.core.chords import Chords
from callclip.core.features import Features
from callclip.core.frame import NEVER, SHOWN_FRAMES, TONE, Frame
from callclip.core.frontend import FrontEnd
from callclip.core.kernels import (
    activity,
    background,
    chords,
    levels,
    lines,
    loudness,
    moments,
    nearness,
    piece,
    samples,
    speech,
)
from callclip.core.loudness import Loudness
from callclip.core.music import IS_MUSIC, MusicDetector
from callclip.core.nearness import Nearness
from callclip.core.pack import pack
from callclip.core.ringer import Ringer
from callclip.core.ringlearn import RingLearner
from callclip.core.ringtemplate import AGENT, LINE
from callclip.core.syllables import SyllableCounter
from callclip.core.tonelines import END
from callclip.core.tones import ToneDetector
from callclip.core.tuning import AGENT_SPEECH, LINE_SPEECH, MUSIC_Q8
from callclip.core.units import frames_from_ms

HOLD_SPEECH_MS = 300  # that much speech between two beeps, and they are no hold
TALKING_FRAMES = frames_from_ms(60)  # then a steady pure sound is a vowel, before it a tone
# Facts of a channel, then of a frame (frame.py).
_IS_SPEECH, _SPURT_START, _SPURT_MS = 2, 9, 10
_INDEX, _HEARD = 64, 75


class Hearing:
    def __init__(self, config):
        self.frame = Frame()
        facts = self.frame.facts
        self._front = FrontEnd()
        limits_cdb = (config.no_signal_cdb, config.noise_cdb)
        own_cdb = config.no_signal_cdb  # the agent's room, however quiet, is his own
        agent = ear.Ear(self._front.agent, self.frame.agent.facts, AGENT_SPEECH, *limits_cdb)
        line = ear.Ear(self._front.line, self.frame.line.facts, LINE_SPEECH, *limits_cdb, own_cdb)
        self._agent = agent
        self._line = line
        spectra = (agent.spectrum, line.spectrum)
        floors = (agent.floor, line.floor)
        leaks_cdb = (config.leak_agent_cdb, config.leak_line_cdb)
        self.features = Features(*leaks_cdb, spectra[0], floors[0], spectra[1], floors[1])
        self._loudness = Loudness(self._front, *floors, facts, SHOWN_FRAMES)
        self.net = nets.Net(self.features.values)
        agent.listen_to(self.net.logits_q8, nets.AGENT_LIVE, nets.AGENT_LATE, nets.AGENT_NOISE)
        line.listen_to(self.net.logits_q8, nets.CUSTOMER_LIVE, nets.CUSTOMER_LATE, nets.LINE_NOISE)
        self._tones = ToneDetector(line.spectrum, facts, agent.spectrum, line.floor)
        self.ringer = Ringer(*spectra)
        self.learner = RingLearner(*spectra, *floors)
        self._music = MusicDetector(MUSIC_Q8)
        about_music = (line.moment.facts, self.net.logits_q8, self._music.facts)
        self._piece_pack = pack(line.spectrum.levels_cdb, *about_music)
        self._chords = Chords(line.spectrum, line.facts, *about_music)
        both = (agent.moment.facts, line.moment.facts)
        live_q8 = (AGENT_SPEECH[0], LINE_SPEECH[0])
        self._nearness = Nearness(
            self._front.levels_cdb, facts, *both, self.net.logits_q8, *live_q8
        )
        self._syllables = SyllableCounter(agent.spectrum, agent.facts, SHOWN_FRAMES)
        self._n_lost = 0  # frames of a gap that the shown frame has not passed yet
        self._n_until_shown = 0  # frames until it does
        self._plan()

    def _plan(self):
        """The kernels of a frame, with what they are handed, up to where Python may step in."""
        agent = self._agent
        line = self._line
        tones = self._tones.lines
        music = self._music.facts
        self._unpack_pack = self._front.unpack_pack
        self._loudness_pack = self._loudness.pack
        self._from_sound = (
            self._front.steps
            + (floor.step_of(agent.floor, line.floor),)
            + self.features.steps
            + tones.steps
            + self._chords.steps
            + (self.net.step,)
        )
        self._ears_pack = ear.pair(agent, line)
        floors = (agent.floor.levels_cdb, line.floor.levels_cdb)
        leaks = (self.features.agent_leak.leak, self.features.line_leak.leak)
        both = (agent.moment.facts, line.moment.facts)
        about = floors + leaks + (self.frame.facts,) + both + (tones.found, music)
        self._moments_pack = pack(self._front.levels_cdb, *about)
        self._until_tones = (
            (nearness.doubt, self._nearness.pack),
            (speech.settle, self._ears_pack),
            (speech.decide, agent.pack),
            (background.listen, agent.pack),
            (piece.judge, self._piece_pack),
            (chords.weigh, self._chords.weigh_pack),
            (speech.add, self._chords.weigh_pack),
        )
        self._judge_pack = tones.judge_pack
        choose_pack = pack(line.spectrum.levels_cdb, line.moment.facts, tones.found, music)
        self._after_tones = (
            (moments.choose, choose_pack),
            (speech.decide, line.pack),
            (background.listen, line.pack),
        )
        # By the bits of what activity.follow says.
        means = (agent.level.mean_pack, line.level.mean_pack)
        self._means = ((), means[:1], means[1:], means)

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

    def floors_cdb(self):
        """What the net's word on the noise is about: the floors of the frame just attended to."""
        return self._agent.floor.levels_cdb[FULL], self._line.floor.levels_cdb[FULL]

    def hear(self, slots, index):
        """Analyse slots, frame `index`, into self.frame, which then tells of an earlier frame."""
        frame = self.frame
        facts = frame.facts
        shown = index - SHOWN_FRAMES
        if self._n_lost:
            shown = self._behind_gap(shown)
        facts[_INDEX] = shown
        facts[_HEARD] = index
        samples.unpack(0, 0, slots, self._unpack_pack)
        for kernel, words in self._from_sound:
            kernel(0, 0, words)  # pyright: ignore[reportArgumentType]
        loudness.tell(0, 0, slots, self._loudness_pack)
        if self.learner.state:
            self.learner.update()
        moments.begin(self._moments_pack)
        ringer = self.ringer if self.ringer.template else None
        if ringer:
            self._look_for_ringer(shown)
        for kernel, words in self._until_tones:
            kernel(words)
        if lines.judge(self._judge_pack):
            self._judge_tones(frame, shown, index)
        if ringer:
            ringer.update(frame, self._music.facts[IS_MUSIC], index)
            self._take_ringer(LINE, self._line.moment)
        for kernel, words in self._after_tones:
            kernel(words)
        tones = self._tones
        if tones.facts[END] != NEVER:
            line = self._line.facts
            if line[_SPURT_MS] >= HOLD_SPEECH_MS and line[_IS_SPEECH]:
                tones.speech_heard(frame)
        for words in self._means[activity.follow(0, 0, self._ears_pack)]:
            levels.centidb(0, 0, words)
        self._syllables.update()

    def _judge_tones(self, frame, shown, index):
        line = self._line.facts
        is_talking = line[_IS_SPEECH] and shown - line[_SPURT_START] > TALKING_FRAMES
        self._tones.judge(frame, self._music.facts[IS_MUSIC], is_talking, index)

    def _look_for_ringer(self, shown):
        """A ring is known by its rhythm, later than the net takes its notes for a voice."""
        moment = self._agent.moment
        self._take_ringer(AGENT, moment)
        if self.ringer.is_fitting_at(AGENT, shown):
            moment.is_other = 1

    def _take_ringer(self, channel, moment):
        ringer = self.ringer
        if ringer.is_ringing_at(channel):
            moment.sound = TONE
            moment.since = ringer.start
            moment.is_other = 1
