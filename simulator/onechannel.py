"""One channel's stages of hearing by themselves: they are told logits and levels, no sound.

Frames are numbered by the caller. Called by: training/score.py, tests.
"""

from array import array
from types import SimpleNamespace

from callclip.core.music import IS_MAYBE, IS_MUSIC, SINCE, MusicDetector

from simulator.shims import install_micropython

_LIVE, _LATE, _NOISE, _N_LOGITS = 0, 1, 2, 8
_NO_LEVELS_Q8 = (0, 0, 0, 0)


class HeardMusic:
    """What a MusicDetector has found."""

    def __init__(self, facts):
        self.facts = facts

    @property
    def is_music(self):
        return self.facts[IS_MUSIC]

    @property
    def is_maybe(self):
        """There is music in the sum, if not enough."""
        return self.facts[IS_MAYBE]

    @property
    def since(self):
        return self.facts[SINCE]


class OneChannel:
    """`channel` is a Channel, `background` and `music` are its states."""

    def __init__(self, levels_q8=_NO_LEVELS_Q8, limits_cdb=(-7500, -5000), sums_q8=None):
        """levels_q8: a row of tuning.py; limits_cdb: no signal, noise; sums_q8: MUSIC_Q8."""
        install_micropython()
        from callclip.core import ear, net
        from callclip.core.bands import N_BINS, N_VALUES, TELEPHONE
        from callclip.core.chords import N_NEW, N_STANDING, N_WEIGHED, Chords
        from callclip.core.frame import LATE_FRAMES, Channel
        from callclip.core.kernels import activity, background, chords, levels, piece, speech
        from callclip.core.pack import pack
        from callclip.core.tuning import MUSIC_Q8

        self._kernels = SimpleNamespace(
            activity=activity,
            background=background,
            chords=chords,
            levels=levels,
            piece=piece,
            speech=speech,
        )
        self.channel = Channel()
        self.logits_q8 = array("i", bytes(4 * _N_LOGITS))
        spectrum = SimpleNamespace(levels_cdb=array("i", bytes(4 * N_VALUES)))
        self._ear = ear.Ear(spectrum, self.channel.facts, levels_q8, *limits_cdb)
        self._ear.listen_to(self.logits_q8, _LIVE, _LATE, _NOISE)
        self._music_word = net.MUSIC
        self._late_frames = LATE_FRAMES
        self.background = self._ear.background
        self.music = HeardMusic(MusicDetector(sums_q8 or MUSIC_Q8).facts)
        spectrum.power = array("i", bytes(4 * N_BINS))
        self._levels_cdb = spectrum.levels_cdb
        self._telephone = TELEPHONE
        parts = (self._ear.moment.facts, self.logits_q8, self.music.facts)
        self._piece_pack = pack(spectrum.levels_cdb, *parts)
        self._chords = Chords(spectrum, self.channel.facts, *parts)
        self._lines_words = (N_STANDING, N_NEW)
        self._weighed_word = N_WEIGHED

    def decide(self, logit_q8, index, is_other_sound=0):
        """Live speech, from the net's live opinion."""
        moment = self._ear.moment
        self.logits_q8[_LIVE] = logit_q8
        moment.shown = index
        moment.is_other = int(is_other_sound)
        self._kernels.speech.decide(self._ear.pack)

    def settle(self, logit_q8, is_other_sound=0):
        """Speech with hindsight, from the net's late opinion."""
        self.logits_q8[_LATE] = logit_q8
        self._ear.moment.is_settling = int(is_other_sound)
        self._kernels.speech.settle(self._ear.pack)

    def listen(self, level_cdb, floor_cdb, above_q8, index, is_foreign=0, is_hidden=0):
        """The background, from level and floor and the net's word on the noise."""
        moment = self._ear.moment
        self.logits_q8[_NOISE] = above_q8
        moment.heard = index
        moment.level_cdb = level_cdb
        moment.ground_cdb = floor_cdb
        moment.is_foreign = int(is_foreign)
        moment.is_hidden = int(is_hidden)
        self._kernels.background.listen(self._ear.pack)

    def follow(self, index):
        """The active speech level, from the channel's level, floor and activity."""
        self._ear.moment.shown = index
        if self._kernels.activity.follow(0, 0, self._ear.pack):
            self._kernels.levels.centidb(0, 0, self._ear.level.mean_pack)

    def add_music(
        self,
        logit_q8,
        index,
        *,
        is_busy=0,
        n_standing=0,
        is_high=1,
        is_foreign=0,
        level_cdb=-3000,
        floor_cdb=-6500,
        telephone_cdb=None,
    ):
        """Music, from the net's opinion about frame `index` and the lines that stand.

        telephone_cdb: the level in the telephone's band, if that is not all of it.
        """
        moment = self._ear.moment
        self.logits_q8[self._music_word] = logit_q8
        if n_standing and not self._chords.state[self._lines_words[0]]:
            self._chords.state[self._weighed_word] = 0  # another chord
        for word in self._lines_words:  # all of them new
            self._chords.state[word] = n_standing
        moment.heard = index + self._late_frames
        moment.level_cdb = level_cdb
        moment.ground_cdb = floor_cdb
        self._levels_cdb[self._telephone] = level_cdb if telephone_cdb is None else telephone_cdb
        moment.is_foreign = is_foreign
        moment.is_high = is_high
        moment.is_busy = int(is_busy)
        self._kernels.piece.judge(self._piece_pack)
        self._kernels.chords.weigh(self._chords.weigh_pack)
        self._kernels.speech.add(self._chords.weigh_pack)
