"""The bead: sound in, events and a light out. The one facade that device and simulator drive.

`frame` takes 2560 bytes of slots (320 stereo pairs, 32-bit, left = agent) and allocates nothing;
events wait in `events` until somebody takes them outside the heap lock.
Called by: app.py on the unit, simulator/engine.py on the desktop.
"""

from callclip.core.call import Call
from callclip.core.eventqueue import EventQueue
from callclip.core.hearing import Hearing

_INDEX = 64  # in a frame's facts


class Bead:
    def __init__(self, config):
        self.events = EventQueue()
        self.n_frames = 0
        self._hearing = Hearing(config)
        self.view = self._hearing.frame
        self.ringer = self._hearing.ringer
        self.learner = self._hearing.learner
        self.call = Call(config, self.events, self.view)
        self.prompts = self.call.prompts
        self._press = 0
        self._shown_press = 0

    def press(self, is_long):
        """A press that ended (short) or was recognised (long); enters with the next frame."""
        self._press = 2 if is_long else 1

    def lose(self, n_frames):
        """Sound of n_frames was lost before the frame that comes next: time passes, unheard."""
        self._hearing.lose(self.n_frames, n_frames)
        self.n_frames += n_frames

    def frame(self, slots):
        """Hear one frame and act on it."""
        index = self.n_frames
        self.n_frames = index + 1
        view = self.view
        self._hearing.hear(slots, index)
        if view.facts[_INDEX] < 0:
            return
        press = self._press
        if press or self._shown_press:
            view.button_short = 1 if press == 1 else 0
            view.button_long = 1 if press == 2 else 0
            self._shown_press = press
            self._press = 0
        self.call.step()
