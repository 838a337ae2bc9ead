"""Hearing: slots in, a filled Frame out. Composes front end, floors, leak, speech and states.

Called by: bead.py, once a 20 ms frame; allocates nothing.
"""

from callclip.core.floor import NoiseFloor
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE, SPEECH, Frame
from callclip.core.frontend import FULL, FrontEnd
from callclip.core.periodicity import Periodicity
from callclip.core.speech import SpeechDetector

_LEAK_MARGIN_CDB = 600


class Hearing:
    def __init__(self, config):
        self.frame = Frame()
        self._config = config
        self._front = FrontEnd()
        self._floors = (NoiseFloor(), NoiseFloor())
        self._speech = (SpeechDetector(), SpeechDetector())
        self._periodicity = Periodicity(self._front)

    def hear(self, slots, index):
        """Analyse one frame of slots into self.frame, which then belongs to frame `index`."""
        frame = self.frame
        front = self._front
        front.analyse(slots)
        frame.index = index
        config = self._config
        self._channel(0, frame.agent, front.agent, front.line, config.leak_agent_cdb, index)
        self._channel(1, frame.line, front.line, front.agent, config.leak_line_cdb, index)
        self._periodicity.update(self._speech[0].above_cdb, self._speech[1].above_cdb)

    def _channel(self, which, channel, spectrum, other, leak_cdb, index):
        level_cdb = spectrum.levels_cdb[FULL]
        channel.level_cdb = level_cdb if level_cdb > -12000 else -12000
        floor = self._floors[which]
        floor.update(spectrum)
        channel.floor_cdb = floor.full_cdb
        leak_cdb += _LEAK_MARGIN_CDB
        self._speech[which].update(channel, spectrum, floor, other, leak_cdb, index)
        config = self._config
        if channel.is_speech:
            state = SPEECH
        elif channel.floor_cdb < config.no_signal_cdb:
            state = NO_SIGNAL
        elif channel.floor_cdb < config.noise_cdb:
            state = COMFORT_NOISE
        else:
            state = NOISE
        if state != channel.state:
            channel.state = state
            channel.state_since = index

    def debug(self):
        p=self._periodicity
        return [p.agent_q10,p.line_q10,0,0,0,0,0,0]
