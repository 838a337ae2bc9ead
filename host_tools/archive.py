"""Pulled logs on this computer: <folder>/<unit id>/<log id>/NNNNNN.clog, read back as boots.

A boot is one run of a unit from power-on to power-off; its events carry t_frames (20 ms) and get a
time from the boot's clock records: unix milliseconds, or milliseconds since that boot when the
clock was never set. Damaged stretches are stepped over and told, never guessed at.
Called by: cmd_pull, cmd_report. Ref: docs/log-format.md.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from callclip.core import chain, events, records
from callclip.core.units import FRAME_MS

from host_tools import segmentfile
from host_tools.failure import Failure
from host_tools.segmentfile import Problem

DEFAULT_FOLDER = "callclip-logs"
SUFFIX = ".clog"
_LOG_NAME = re.compile(r"[0-9a-f]{8}")


@dataclass
class Event:
    """One EVENT record; `boot` gives it a time."""

    seq: int
    code: int
    t_frames: int
    call: int
    values: tuple
    boot: "Boot" = field(repr=False)

    @property
    def name(self):
        return events.name_of(self.code) or f"EVENT_{self.code}"

    @property
    def t_ms(self):
        return self.boot.ms_from_frames(self.t_frames)

    def as_dict(self):
        """As the contract prints it; an event of a newer firmware has its bare `values`."""
        try:
            out = events.as_dict(
                self.code, self.t_ms, self.call, self.values, self.boot.ms_from_frames
            )
        except (KeyError, IndexError):
            out = {"t_ms": self.t_ms, "event": self.name, "call": self.call}
            out["values"] = list(self.values)
        return out


@dataclass
class Boot:
    """What one run of the unit logged. `clocks`: (t_frames, unix_ms), `gaps`: (t_frames, lost_ms,
    cause), `configs`: (t_frames, crc), `levels`: (t_frames, counts as core.minute packs them), all
    in the log's order."""

    number: int
    log_id: int
    unit_id: str = ""
    firmware: str = ""
    reset_cause: int = 0
    restart: str = ""  # why the boot before ended, if it failed
    clocks: list = field(default_factory=list)
    gaps: list = field(default_factory=list)
    configs: list = field(default_factory=list)
    levels: list = field(default_factory=list)
    events: list = field(default_factory=list)

    @property
    def is_clock_known(self):
        return bool(self.clocks)

    def ms_from_frames(self, t_frames):
        """Unix ms of a frame index of this boot; ms since the boot when its clock is not known.

        Counts from the last clock record at or before that frame, else from the first one. Frames
        that were lost are counted like those that were heard.
        """
        anchor_frames, anchor_ms = 0, 0
        for i, clock in enumerate(self.clocks):
            if i == 0 or clock[0] <= t_frames:
                anchor_frames, anchor_ms = clock
        return anchor_ms + FRAME_MS * (t_frames - anchor_frames)


@dataclass
class Log:
    """One log of a unit: it begins anew when the unit's file system is made anew."""

    unit_id: str
    log_id: int
    boots: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    n_records: int = 0
    n_bytes: int = 0
    n_lost: int = 0  # records that the unit counted but never wrote
    purged_to: int = 0  # segments up to this one were removed on the unit, by its own word


def log_folder(folder, unit_id, log_id):
    """Where the segments of a log stand below `folder`."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", unit_id).lstrip(".") or "unit"
    return Path(folder) / safe / f"{log_id:08x}"


def segment_path(folder, number):
    return Path(folder) / f"{number:06d}{SUFFIX}"


def segment_paths(folder):
    """Segment files of one log folder, ascending by number."""
    found = [path for path in Path(folder).glob(f"*{SUFFIX}") if path.stem.isdigit()]
    return sorted(found, key=lambda path: int(path.stem))


class _Reader:
    """Collects one log's records into boots."""

    def __init__(self, log):
        self.log = log
        self._boot = None
        self._last_seq = 0

    def segment(self, path):
        data = path.read_bytes()
        self.log.n_bytes += len(data)
        for item in segmentfile.read_batches(path, data):
            if isinstance(item, Problem):
                self.log.problems.append(item)
                continue
            for at, rtype, seq, body in item.records:
                try:
                    self._record(rtype, seq, body)
                except (ValueError, KeyError, UnicodeError):
                    words = f"the body of record {seq} makes no sense; update callclip"
                    self.log.problems.append(Problem(path, at, words, False))

    def _record(self, rtype, seq, body):
        values = records.unpack(rtype, body) if rtype in records.TYPES else {}
        if rtype == records.SEGMENT:
            self._turn_to(values["boot"])
            if values.get("chain") == chain.START:
                self._last_seq = 0  # a log begins here, behind one of version 1
        if rtype == records.PURGE and values["cause"] != records.FOUND_MISSING:
            self.log.purged_to = max(self.log.purged_to, values["segment"])
        if rtype in records.UNNUMBERED or rtype == records.LOST:
            return
        if seq <= self._last_seq:
            return  # written again after a failed write: the first copy stands
        if self._last_seq:
            self.log.n_lost += seq - self._last_seq - 1
        self._last_seq = seq
        self.log.n_records += 1
        self._keep(rtype, seq, values)

    def _turn_to(self, number):
        if self._boot is None or self._boot.number != number:
            self._boot = Boot(number, self.log.log_id, self.log.unit_id)
            self.log.boots.append(self._boot)

    def _keep(self, rtype, seq, values):
        if rtype == records.BOOT:
            self._turn_to(values["boot"])
            self._boot.unit_id = values["unit_id"]
            self._boot.firmware = values["firmware"]
            self._boot.reset_cause = values["reset_cause"]
        if self._boot is None:
            self._turn_to(0)  # the segment's head is damaged: better than losing its events
        boot = self._boot
        if rtype == records.CLOCK:
            boot.clocks.append((values["t_frames"], values["unix_ms"]))
        elif rtype == records.RESTART:
            boot.restart = values["words"]
        elif rtype == records.GAP:
            boot.gaps.append((values["t_frames"], values["lost_ms"], values["cause"]))
        elif rtype == records.CONFIG:
            boot.configs.append((values["t_frames"], values["crc"]))
        elif rtype == records.LEVELS:
            boot.levels.append((values["t_frames"], values["counts"]))
        elif rtype == records.EVENT:
            event = Event(
                seq, values["code"], values["t_frames"], values["call"], values["values"], boot
            )
            boot.events.append(event)


def read_log(folder):
    """The Log in one log folder (…/<unit id>/<log id>)."""
    folder = Path(folder)
    log = Log(folder.parent.name, int(folder.name, 16))
    reader = _Reader(log)
    for path in segment_paths(folder):
        reader.segment(path)
    return log


def log_folders(folder):
    """Log folders in an archive, in one unit's folder, or the folder itself if it is one."""
    folder = Path(folder)
    if not folder.is_dir():
        words = "no such folder; `callclip pull` fills one"
        raise Failure(f"{folder}: {words}" if not folder.exists() else f"{folder}: is no folder")
    if _LOG_NAME.fullmatch(folder.name) and segment_paths(folder):
        return [folder]
    below = [*folder.glob("*"), *folder.glob("*/*")]
    found = [path for path in below if path.is_dir() and _LOG_NAME.fullmatch(path.name)]
    return sorted(path for path in found if segment_paths(path))


def read(folder):
    """Every Log in an archive folder, sorted by unit; Failure when there is none."""
    found = log_folders(folder)
    if not found:
        raise Failure(f"{folder}: holds no pulled logs; `callclip pull` fetches them")
    return [read_log(path) for path in found]


def event_rows(log):
    """Events of a Log as the contract's dicts, with `boot`, the unit's own count of frames, and
    whether t_ms is unix time."""
    for boot in log.boots:
        for event in boot.events:
            yield event.as_dict() | {
                "boot": boot.number,
                "t_frames": event.t_frames,
                "is_unix": boot.is_clock_known,
            }
