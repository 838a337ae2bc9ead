"""Frames from a short text: what the core's tests hear instead of sound.

A script is a list of steps parted by ";" or line ends: a word and seconds, as in
"ring; quiet 1; agent 1.5; quiet 5; customer 2; line dead; quiet 4".

    agent customer both     who speaks                      quiet       nobody speaks
    typing clatter          sound without a voice on the agent's side, on the line
    ring [n]                n bursts of 1 s in 4 s          busy n      n cycles of 0.7 s
    music tone beeps        what is on the line             press, long_press   the button
    endless_beeps           beeps that hearing believes in for ever after; beep: one of them
    song                    music whose voice is taken for speech; babble: the agent speaks over it
    line dead|quiet|noisy   what the line carries from here on
    floor cdb               the line's noise floor, from here on
    level cdb, voice cdb    the customer's level, the agent's, from here on
    pace spm                the agent's syllables a minute, from here on
    bang cdb s, knock cdb s a sound of that peak on the line, on the agent's side
    fault agent|line kind   stuck, dead or clipped from here on, or none
    gap                     sound that was lost: time passes without frames

Hearing is imitated as it is: speech hangs over for HANGOVER frames, pieces up to SPURT_GAP frames
apart make one spurt, a lost signal is known LATE frames after it was lost and dated back. Runs
under CPython and MicroPython alike.
"""

from callclip.core import frame as f

HANGOVER = 2
SPURT_GAP = 10
LATE = 10
VOICELESS = 2
_LINES = {"dead": f.NO_SIGNAL, "quiet": f.COMFORT_NOISE, "noisy": f.NOISE}


def steps_of(text):
    """The script as a list of word lists."""
    out = []
    for part in text.replace("\n", ";").split(";"):
        words = part.split()
        if words:
            out.append(words)
    return out


class Sound:
    """A Frame that follows a script, one frame for each `next_frame`."""

    def __init__(self, first_index=0):
        self.frame = f.Frame()
        self.frame.index = first_index - 1
        self.base = f.COMFORT_NOISE
        self.floor_cdb = -6000
        self.level_cdb = -2600
        self.voice_cdb = -2600
        self.pace_spm = 200
        self.faults = {}  # side -> kind
        self._lost = f.NEVER
        self._spoke = [(0, 0)] * f.HINDSIGHT_FRAMES  # what hindsight has not told yet

    def sound(self, n, agent=0, customer=0, line=None, ringing=0):
        """Yield the frame n times, filled."""
        for _ in range(n):
            self.next_frame(agent, customer, self.base if line is None else line, ringing)
            yield self.frame

    def next_frame(self, agent, customer, line_state, ringing=0):
        frame = self.frame
        frame.index += 1
        frame.button_short = 0
        frame.button_long = 0
        _speak(frame.agent, frame.index, agent, self.voice_cdb)
        _speak(frame.line, frame.index, customer, self.level_cdb)
        if line_state == f.MUSIC:
            _sound(frame.line, self.level_cdb, 1000)
        elif frame.line.level_cdb < self.floor_cdb:
            frame.line.level_cdb = self.floor_cdb
        self._spoke.append((1 if agent == 1 else 0, 1 if customer == 1 else 0))
        frame.agent.is_late_active, frame.line.is_late_active = self._spoke.pop(0)
        frame.line.late_q8 = 600 if frame.line.is_late_active else f.NO_VOICE_Q8
        if agent and frame.index * self.pace_spm % 3000 < self.pace_spm:
            frame.agent.n_syllables += 1
        for side, kind in self.faults.items():
            _break(frame.agent if side == "agent" else frame.line, kind)
        frame.agent.floor_cdb = -6500
        frame.line.floor_cdb = self.floor_cdb
        frame.line.noise_cdb = self.floor_cdb
        frame.line.rise_cdb = frame.line.level_cdb - self.floor_cdb
        if ringing:
            frame.last_ring = frame.index
        if line_state not in (f.TONE, f.MUSIC) and frame.line.is_speech:
            line_state = f.SPEECH
        self._set_state(line_state)

    def _set_state(self, state):
        line = self.frame.line
        index = self.frame.index
        if state == line.state:
            self._lost = f.NEVER
        elif state != f.NO_SIGNAL:
            line.state = state
            line.state_since = index
            self._lost = f.NEVER
        elif self._lost == f.NEVER:
            self._lost = index
        elif index - self._lost >= LATE:
            line.state = state
            line.state_since = self._lost

    def play(self, text):
        """Yield the frame for every 20 ms of a script."""
        for words in steps_of(text):
            yield from self._play_step(words[0], words[1:])

    def _play_step(self, word, args):
        frame = self.frame
        if word == "line":
            self.base = _LINES[args[0]]
        elif word == "floor":
            self.floor_cdb = int(args[0])
        elif word == "level":
            self.level_cdb = int(args[0])
        elif word == "voice":
            self.voice_cdb = int(args[0])
        elif word == "pace":
            self.pace_spm = int(args[0])
        elif word == "fault":
            self.faults[args[0]] = args[1]
        elif word == "gap":
            frame.index += round(float(args[0]) * 50)
        elif word in ("bang", "knock"):
            channel = frame.line if word == "bang" else frame.agent
            for _ in self.sound(round(float(args[1]) * 50)):
                _sound(channel, int(args[0]) - 300, 300)
                channel.n_clipped = 1 if channel.peak_cdb == 0 else 0
                yield frame
        elif word in ("press", "long_press"):
            self.next_frame(0, 0, self.base)
            frame.button_short = 1 if word == "press" else 0
            frame.button_long = 1 - frame.button_short
            yield frame
        elif word == "ring":
            for _ in range(int(args[0]) if args else 1):
                frame.n_rings += 1
                yield from self.sound(50, line=f.TONE, ringing=1)
                yield from self.sound(150)
        elif word == "busy":
            yield from self._busy(int(args[0]))
        elif word == "beep":
            yield from self.sound(20, line=f.TONE, ringing=1)
        elif word in ("beeps", "endless_beeps"):
            frame.hold_beep_since = frame.index + 1
            yield from self.sound(round(float(args[0]) * 50), line=f.TONE)
            if word == "beeps":
                frame.hold_beep_since = f.NEVER
        else:
            n = round(float(args[0]) * 50)
            line = {"music": f.MUSIC, "song": f.MUSIC, "babble": f.MUSIC, "tone": f.TONE}.get(word)
            agent = 1 if word in ("agent", "both", "babble") else 0
            customer = 1 if word in ("customer", "both", "song", "babble") else 0
            if word in ("typing", "clatter"):
                agent, customer = (VOICELESS, 0) if word == "typing" else (0, VOICELESS)
            assert line or agent or customer or word == "quiet", word
            yield from self.sound(n, agent, customer, line)

    def _busy(self, n_cycles):
        frame = self.frame
        frame.busy_since = frame.index + 1
        for cycle in range(n_cycles):
            frame.last_ring = frame.index
            yield from self.sound(35, line=f.TONE)
            frame.n_busy_cycles = cycle + 1
        self.next_frame(0, 0, f.TONE)
        yield frame
        frame.n_busy_cycles = 0


def _speak(channel, index, is_active, level_cdb):
    if is_active:
        if channel.last_active == f.NEVER or index - channel.last_active > SPURT_GAP:
            channel.spurt_start = index
            channel.spurt_ms = 0
        channel.last_active = index
        if is_active != VOICELESS:
            channel.spurt_ms += 20
        channel.speech_cdb = level_cdb
    channel.is_active = 1 if is_active else 0
    silent = index - channel.last_active if channel.last_active != f.NEVER else SPURT_GAP + 1
    channel.is_speech = 1 if silent <= HANGOVER else 0
    channel.is_in_spurt = 1 if silent <= SPURT_GAP else 0
    channel.own_cdb = level_cdb if is_active else -12000
    channel.threshold = (285 - level_cdb) // 301 + 1 if channel.is_in_spurt else 30
    _sound(channel, level_cdb if is_active else -6000, 1000)


def _sound(channel, level_cdb, crest_cdb):
    channel.level_cdb = level_cdb
    channel.weighted_cdb = level_cdb
    channel.band_cdb = level_cdb
    channel.peak_cdb = min(0, level_cdb + crest_cdb)
    channel.n_clipped = 10 if level_cdb + crest_cdb > 0 else 0
    channel.is_still = 0


def _break(channel, kind):
    if kind == "clipped":
        _sound(channel, channel.level_cdb + 2600, 300)
    elif kind == "dead":
        _sound(channel, -8500, 1000)
    elif kind == "stuck":
        _sound(channel, -12000, 0)
        channel.is_still = 1


def run(text, config=None, first_index=0, fill=None):
    """Events of a script as the contract prints them, and the Call afterwards.

    fill: changes each frame before the call hears it.
    """
    from callclip.core.call import Call
    from callclip.core.config import Config
    from callclip.core.eventqueue import EventQueue

    queue = EventQueue()
    sound = Sound(first_index)
    call = Call(config or Config(), queue, sound.frame)
    out = []
    for frame in sound.play(text):
        if fill:
            fill(frame)
            frame.line.rise_cdb = frame.line.level_cdb - frame.line.floor_cdb
        call.step()
        drain(queue, out)
    return out, call


def drain(queue, out):
    from callclip.core import events

    while True:
        event = queue.take()
        if event is None:
            return
        code, t_frames, number, values = event
        out.append(events.as_dict(code, t_frames * 20, number, values, _ms))


def _ms(n_frames):
    return n_frames * 20
