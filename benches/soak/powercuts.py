"""Power cuts at every operation of the flash, over real LittleFS, under the firmware's own store.

A workload runs once and every program and erase of both flash chips is recorded, with what was
promised by then: records that were synced, configurations that were saved. Then the power fails at
each operation again, with nothing, half or noise of it written, and the unit starts on what is
left: both file systems must mount, the configuration must be the old or the new one, the log must
hold what was synced, and the host's proof must not raise a false alarm. The next workload starts on
one of these torn images, so that cuts meet the traces of earlier ones.
Called by: tests/powercut, `make soak` (run). Ref: docs/log-format.md.
"""

import random
import time
from collections import Counter
from pathlib import Path

from callclip.core import keys, records
from callclip.ports.keyring import LogKey
from callclip.ports.settings import Settings
from callclip.store import Store

from host_tools import logchain
from simulator import flashchip
from simulator.flashchip import BLOCK_BYTES, ERASE, Board, Chip, CutChip, mounted

MODES = ("nothing", "half", "noise")
LOG_ID = 0xC11B
T0_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
LOG_KEY = keys.unit_key(keys.role_key(bytes(range(32)), keys.LOG), "unit")
N_APP_BLOCKS, N_LOG_BLOCKS = 8, 24
BUDGET_BYTES, SEGMENT_BYTES = 4000, 1100  # small, so that seals and removals come often
COUNTERS = (
    "power_cuts",
    "synced_records_lost",
    "mount_failures",
    "boot_failures",
    "config_mixed",
    "false_alarms",
)
_WHERE = Path("log")


class Unit:
    """The firmware's store, settings and key on a board, as unit.py puts them together."""

    def __init__(self, board, clock):
        self.settings = Settings()
        self.settings.load()
        self.log_key = LogKey()
        self.log_key.load()
        self.store = Store("/log", BUDGET_BYTES, SEGMENT_BYTES, self.log_key)
        self.store.start(LOG_ID, clock, 30)
        self.board = board

    @property
    def is_well(self):
        return not (self.settings.problem or self.log_key.problem or self.store.n_errors)

    def append(self, dice):
        values = (dice.randrange(1, 4),)
        row = records.event(5, dice.randrange(1 << 20), dice.randrange(90), values)
        self.store.append(records.EVENT, row)

    def head(self):
        number, n_bytes, tag = self.store.head
        return logchain.Head(LOG_ID, number, n_bytes, tag.hex(), self.store.key_epoch)


class Workload:
    """Runs a unit for a while and keeps every operation of its flash, and what was promised when.

    `promises`: (number of operations done, synced up to this sequence number, head, configurations
    that may be found), in their order.
    """

    def __init__(self, app, log, dice, is_new):
        self.trace = []
        self.dice = dice
        self.now_ms = T0_MS
        self.app = Chip(N_APP_BLOCKS, self.trace, bytearray(app))
        self.log = Chip(N_LOG_BLOCKS, self.trace, bytearray(log))
        self.board = Board(mounted(self.app, is_new), mounted(self.log, is_new))
        # What the chips held when the recording began: formatting is the factory's.
        self.trace.clear()
        self.start_app, self.start_log = bytes(self.app.data), bytes(self.log.data)
        self.promises = []

    def run(self, n_steps):
        with self.board.running():
            self._boot()
            if not self.unit.store.key_epoch:
                self.unit.store.set_key(3, keys.chain_key(LOG_KEY, 3))
            for _ in range(n_steps):
                step = self.dice.choices(
                    (self._write, self._boot, self._configure, self._wait, self._purge),
                    (80, 6, 8, 8, 2),
                )[0]
                step()

    def _promise(self, *configurations):
        self.promises.append(
            (len(self.trace), self.unit.store.next_seq, self.unit.head(), configurations)
        )

    def _boot(self):
        self.unit = Unit(self.board, lambda: self.now_ms)
        self._promise(self.unit.settings.values)

    def _write(self):
        for _ in range(self.dice.randrange(1, 12)):
            self.unit.append(self.dice)
        done = self.unit.store.sync()
        assert done, self.unit.store.last_error
        self._promise(self.unit.settings.values)

    def _configure(self):
        old = self.unit.settings.values
        new = {"unit_number": self.dice.randrange(1000)}
        if self.dice.random() < 0.5:
            new |= {"greeting_ms": 2000 + self.dice.randrange(3000), "silent_call_ms": 6000}
        self._promise(old, new)
        self.unit.settings.save(new)
        self._promise(new)

    def _wait(self):
        self.now_ms += self.dice.randrange(1, 20) * HOUR_MS

    def _purge(self):
        rows = self.unit.store.segments()
        if len(rows) > 3:
            self.unit.store.purge(rows[self.dice.randrange(2)][0])
            self._promise(self.unit.settings.values)


class Cuts:
    """Cuts the power of one recorded workload and counts what went wrong, in COUNTERS."""

    def __init__(self, workload, counters, go_on_every):
        self.workload = workload
        self.counters = counters
        self.dice = workload.dice
        self._go_on_every = go_on_every
        self._now = {
            workload.app: bytearray(workload.start_app),
            workload.log: bytearray(workload.start_log),
        }
        self._files = {chip: self._files_of(chip, None) for chip in self._now}
        self._seen = set()  # what was found well already: the same files, the same promises
        self._i_promise = 0

    def run(self, wanted=lambda _i: MODES):
        """Walk the trace; `wanted` tells in which modes the power fails at operation i."""
        promises = self.workload.promises
        for i, (chip, block, offset, data) in enumerate(self.workload.trace):
            while self._i_promise + 1 < len(promises) and promises[self._i_promise + 1][0] <= i:
                self._i_promise += 1
            for mode in wanted(i):
                self._cut(chip, block, self._torn(chip, block, offset, data, mode))
            self._apply(chip, block, offset, data)

    def _apply(self, chip, block, offset, data):
        at = block * BLOCK_BYTES + offset
        if data is ERASE:
            self._now[chip][at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        else:
            flashchip.program(self._now[chip], at, data)
        self._files[chip] = None  # read again when they are asked for

    def _torn(self, chip, block, offset, data, mode):
        """The block as the failing power leaves it."""
        at = block * BLOCK_BYTES
        out = self._now[chip][at : at + BLOCK_BYTES]
        n_bytes = BLOCK_BYTES if data is ERASE else len(data)
        end = offset + n_bytes
        noise = self.dice.randbytes(n_bytes)
        if mode == "half" and data is ERASE:
            out[: BLOCK_BYTES // 2] = b"\xff" * (BLOCK_BYTES // 2)
        elif mode == "half":
            flashchip.program(out, offset, data[: n_bytes // 2])
        elif mode == "noise" and data is ERASE:
            out[:] = noise
        elif mode == "noise":
            flashchip.program(out, offset, noise[: end - offset])
        return out

    def torn_image(self):
        """(app, log) after one more cut somewhere in the trace, on which the next workload starts;
        without going on from cuts, a cut would never meet the traces of another."""
        i = self.dice.randrange(len(self.workload.trace))
        images = {
            self.workload.app: bytearray(self.workload.start_app),
            self.workload.log: bytearray(self.workload.start_log),
        }
        self._now = images
        for chip, block, offset, data in self.workload.trace[:i]:
            self._apply(chip, block, offset, data)
        chip, block, offset, data = self.workload.trace[i]
        torn = self._torn(chip, block, offset, data, self.dice.choice(MODES))
        images[chip][block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES] = torn
        return tuple(bytes(image) for image in images.values())

    def _files_of(self, chip, torn):
        """(path, bytes) of all files of a chip, or None: it does not mount."""
        blocks = {} if torn is None else {torn[0]: bytearray(torn[1])}
        view = CutChip(self._now[chip], chip.n_blocks, blocks)
        try:
            fs = mounted(view, cache_bytes=BLOCK_BYTES)
        except flashchip.LittleFSError:
            return None
        return tuple(_read_all(fs))

    def _cut(self, chip, block, torn):
        self.counters["power_cuts"] += 1
        found = {}
        for one in self._now:
            if one is chip:
                found[one] = self._files_of(one, (block, torn))
            else:
                if self._files[one] is None:
                    self._files[one] = self._files_of(one, None)
                found[one] = self._files[one]
        if None in found.values():
            self.counters["mount_failures"] += 1
            self.counters["boot_failures"] += 1
            return
        is_going_on = self.counters["power_cuts"] % self._go_on_every == 0
        state = (*found.values(), self._i_promise)
        if state in self._seen and not is_going_on:
            return
        if self._start(chip, block, torn, found[self.workload.log], is_going_on):
            self._seen.add(state)

    def _start(self, chip, block, torn, log_files, is_going_on):
        """Start a unit on what is left. True: all is well."""
        chips = [
            CutChip(base, one.n_blocks, {block: bytearray(torn)} if one is chip else {})
            for one, base in self._now.items()
        ]
        board = Board(*(mounted(one, cache_bytes=BLOCK_BYTES) for one in chips))
        _at, next_seq, head, configurations = self.workload.promises[self._i_promise]
        with board.running():
            unit = Unit(board, lambda: self.workload.now_ms)
            is_mixed = unit.settings.values not in configurations
            is_well = unit.is_well
            n_lost, is_false_alarm = judge(log_files, next_seq, head, None)
            if is_going_on and is_well:
                for _ in range(3):
                    unit.append(self.dice)
                is_well = unit.store.sync()
                unit.settings.save({"unit_number": 1})
                files = tuple(_read_all(board.log))
                lost_later, is_false_later = judge(files, unit.store.next_seq, head, unit.head())
                n_lost += lost_later
                is_false_alarm = is_false_alarm or is_false_later
                is_well = is_well and unit.is_well
        self.counters["boot_failures"] += not is_well
        self.counters["config_mixed"] += is_mixed
        self.counters["synced_records_lost"] += n_lost
        self.counters["false_alarms"] += is_false_alarm
        return is_well and not (is_mixed or n_lost or is_false_alarm)


def _read_all(fs):
    for name in sorted(fs.listdir("/")):
        with fs.open("/" + name, "rb", buffering=BLOCK_BYTES) as file:
            yield name, file.read()


def judge(files, next_seq, known, told):
    """(synced records lost, does the host's proof raise an alarm) for the log's files."""
    rows = [(int(name[:6]), _WHERE / name, data) for name, data in files if name.endswith(".clog")]
    verdict = logchain.verify_segments(rows, _WHERE, LOG_ID, LOG_KEY, known, told)
    there = 1
    for _number, path, data in rows:
        for item in logchain.segmentfile.read_batches(path, data):
            if isinstance(item, logchain.segmentfile.Batch):
                last = item.records[-1]
                there = max(there, last[2] + records.n_numbers(last[1], last[3]))
    return max(0, next_seq - there), not verdict.is_good


def run(seconds, seed=0, on_progress=None, n_least=0, go_on_every=10, n_steps=120):
    """The counters once the time is over and n_least cuts are done."""
    dice = random.Random(seed)
    counters = Counter(dict.fromkeys(COUNTERS, 0))
    ends = time.monotonic() + seconds
    app, log = b"\xff" * N_APP_BLOCKS * BLOCK_BYTES, b"\xff" * N_LOG_BLOCKS * BLOCK_BYTES
    is_new = True

    def wanted(_i):
        is_over = counters["power_cuts"] >= n_least and time.monotonic() >= ends
        return () if is_over else MODES

    while wanted(0):
        workload = Workload(app, log, dice, is_new)
        workload.run(n_steps)
        cuts = Cuts(workload, counters, go_on_every)
        cuts.run(wanted)
        app, log, is_new = *cuts.torn_image(), False
        if on_progress:
            on_progress(dict(counters))
    return dict(counters)
