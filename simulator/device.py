"""The virtual unit: the real firmware in the real 32-bit MicroPython VM, on a LittleFS image.

The VM runs /main.py of the image unchanged; `machine` and `time` are stood in for by
simulator/shims. Its serial port is a pty (`port`), its light and buzzer are JSON lines
(`signals()`). A reset restarts the VM on the same image; an image given by path is the unit's
flash and keeps what the unit writes.
Units: t_ms in signals are ms since the recording's first sample; speed in times real time, 0 = as
fast as this computer can. Called by: `callclip sim device`, the demo, tests.
"""

import functools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from callclip import board
from callclip.core.units import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ

from host_tools import image as image_tool
from host_tools import partitions, romfs
from simulator import vm
from simulator.recording import open_recording
from simulator.serialport import SerialPort

UNIQUE_ID = "02c1a55e7701"  # a locally administered MAC address, as machine.unique_id gives it
EXIT_CODES = {"software": 75, "watchdog": 76}  # how the VM says that it restarts, and why
SOFT_RESET, WDT_RESET = 5, 3  # values of machine.reset_cause on the ESP32
RESET_CAUSES = {EXIT_CODES["software"]: SOFT_RESET, EXIT_CODES["watchdog"]: WDT_RESET}
POWER_ON = 1
ROM_REASONS = {POWER_ON: 0x1, SOFT_RESET: 0xC, WDT_RESET: 0x8}
# What the chip's boot ROM says on the same port before the firmware runs.
ROM_BANNER = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x%x,boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
HEAP_BYTES = 1024 * 1024
NO_LOG = object()  # as log_image: a unit whose flash has no partition for the log
FLOOR_CDB = -8700  # INMP441: 33 dBA of self-noise, -26 dBFS at 94 dB SPL
_FLOOR_S = 4
_MAX_DEAF_STARTS = 10  # in a row that came to no microphone: it will not recover
_SHIMS = Path(__file__).resolve().parent / "shims"
_STAND_INS = ("esp32.py", "machine.py", "time.py")


class UnitError(Exception):
    """One sentence: why the virtual unit does not run."""


class VirtualUnit:
    """A context manager; inside it the unit is powered.

    wav: a recording, or several to be heard one after the other; None: a quiet room.
    image: a LittleFS image file, used as the flash; None: a fresh one of this firmware.
    log_image: a file that is the log's partition, made if it is not there; None: a new one beside
    the image, `<image>.log`; NO_LOG: the unit has no such partition.
    presses: button presses as (t_ms on the recording, length in ms).
    n_repeats: how often the recordings are heard, for long runs.
    erase_ms: how long an erase of a flash block keeps the interrupts off; about 90 on an ESP32,
    which costs sound. 0: the flash costs no time, so that a run can be held against `sim run`.
    look_every_ms: how often the heap is looked at; signals tell what shims/virtual_heap.py finds.
    leaps: (t_ms on the recording, ms that pass there in an instant, without sound) for long runs.
    """

    def __init__(
        self,
        image=None,
        wav=None,
        speed=0,
        presses=(),
        n_repeats=1,
        erase_ms=0,
        unique_id=UNIQUE_ID,
        heap_bytes=HEAP_BYTES,
        look_every_ms=0,
        leaps=(),
        log_image=None,
        heap_dump=None,
    ):
        self._image = image
        self._log_image = log_image
        self._wavs = [] if wav is None else [wav] if isinstance(wav, str | os.PathLike) else wav
        self._params = {
            "speed": speed,
            "presses": [list(press) for press in presses],
            "n_repeats": n_repeats,
            "erase_ms": erase_ms,
            "unique_id": unique_id,
            "look_every_ms": look_every_ms,
            "leaps": [list(leap) for leap in leaps],
            "heap_dump": heap_dump,
        }
        self._heap_bytes = heap_bytes
        self._is_stopping = threading.Event()
        self._vm = None
        self._serial = None
        self._thread = None
        self.folder = None
        self.port = None
        self.failure = ""  # why the unit stopped for good, if it did

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="callclip-unit-"))
        try:
            self._vm_command = vm.find()
            self._prepare()
            self._serial = SerialPort()
            self.port = self._serial.path
            self._start_vm(POWER_ON, 1)
            self._thread = threading.Thread(target=self._keep_running, daemon=True)
            self._thread.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        self._is_stopping.set()
        if self._vm is not None:
            self._vm.kill()
        if self._thread is not None:
            self._thread.join()
        if self._vm is not None:
            self._vm.wait()
        if self._serial is not None:
            self._serial.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What the unit shows

    def signals(self):
        """Everything on the side channel so far, as a list of dicts."""
        lines = self.side_path.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def follow_signals(self, timeout_s=None, is_endless=False):
        """Side channel lines as they come, up to the one that says the recording is over.

        is_endless: go on after it, as the unit does. UnitError when the unit stops for good.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        part = ""
        with self.side_path.open() as file:
            while True:
                part += file.readline()
                if part.endswith("\n"):
                    line = json.loads(part)
                    part = ""
                    if line.get("prompt"):
                        words = line["prompt"].strip().splitlines()[-1]
                        raise UnitError(f"the virtual unit's main.py ended: {words}")
                    yield line
                    if line.get("played") and not is_endless:
                        return
                    continue
                self._check_alive()
                if deadline is not None and time.monotonic() > deadline:
                    raise UnitError(f"the virtual unit has not played it all after {timeout_s} s")
                time.sleep(0.01)

    def wait_played(self, timeout_s=600):
        """Until the recording is over; UnitError when the unit stops before, or it takes longer."""
        for _line in self.follow_signals(timeout_s):
            pass

    def _check_alive(self):
        if self.failure:
            raise UnitError(self.failure)

    # Power

    def _prepare(self):
        folder = self.folder
        image = folder / "flash.img" if self._image is None else Path(self._image)
        if self._image is None:
            image.write_bytes(image_tool.build(romfs.root_files()))
        else:
            image_tool.list_files(image.read_bytes(), str(image))
        log_image = self._log_path(image)
        rom = folder / "rom"
        rom.write_bytes(romfs.application("x86").ljust(romfs.PARTITION_BYTES, b"\xff"))
        n_slots = self._write_slots(folder / "slots")
        n_floor_slots = _write_floor(folder / "floor")
        self._shims = folder / "shims"
        self._shims.write_bytes(_compiled_shims())
        self.side_path = folder / "signals.jsonl"
        self.side_path.write_text("")
        pins = board.pins_of("ESP32")
        self._params |= {
            "image": str(image.resolve()),
            "log_image": str(log_image.resolve()) if log_image else None,
            "rom": str(rom),
            "n_rom_bytes": romfs.PARTITION_BYTES,
            "exit_codes": EXIT_CODES,
            "block_bytes": image_tool.BLOCK_BYTES,
            "slots": str(folder / "slots") if n_slots else None,
            "n_slots": n_slots,
            "n_recording_ms": n_slots * self._params["n_repeats"] * 1000 // SAMPLE_RATE_HZ,
            "floor": str(folder / "floor"),
            "n_floor_slots": n_floor_slots,
            "side": str(self.side_path.resolve()),
            "kept_file": str(folder / "kept.json"),
            "led_pins": [pins.led_red, pins.led_green, pins.led_blue],
            "buzzer_pin": pins.buzzer,
            "button_pin": pins.button,
        }

    def _log_path(self, image):
        """The file that is the log's partition, blank flash if it is new; None: there is none."""
        if self._log_image is NO_LOG:
            return None
        path = Path(self._log_image or f"{image}.log")
        if not path.exists():
            path.write_bytes(b"\xff" * partitions.LOG_BYTES)
        return path

    def _write_slots(self, path):
        """All recordings, one after the other, as raw slots; returns the number of sample pairs."""
        n_frames = 0
        with path.open("wb") as file:
            for wav in self._wavs:
                recording = open_recording(wav)
                n_frames += recording.n_frames
                for block in recording.blocks():
                    file.write(block)
        return n_frames * FRAME_SAMPLES

    def _start_vm(self, reset_cause, boot):
        kept_file = self.folder / "kept.json"
        params = dict(self._params, reset_cause=reset_cause, boot=boot, kept={})
        if kept_file.exists():
            params["kept"] = json.loads(kept_file.read_text())
        params_file = self.folder / "params.json"
        params_file.write_text(json.dumps(params))
        self._serial.say(ROM_BANNER % ROM_REASONS[reset_cause])
        with (self.folder / "vm.log").open("ab") as log:
            self._vm = subprocess.Popen(
                [
                    *self._vm_command,
                    "-X",
                    f"heapsize={self._heap_bytes}",
                    "bootstrap.py",
                    str(self._shims),
                    str(self._shims.stat().st_size),
                    str(params_file),
                ],
                cwd=_SHIMS,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for the parent, which then ends the VM
            )
        self._serial.connect(self._vm.stdin, self._vm.stdout)

    def _keep_running(self):
        """Restart the VM after each reset, as the chip does; anything else ends the unit."""
        boot = 1
        n_deaf = 0
        while True:
            said_at = self.side_path.stat().st_size
            exit_code = self._vm.wait()
            self._serial.disconnect()
            if self._is_stopping.is_set():
                return
            n_deaf = 0 if self._has_listened(said_at) else n_deaf + 1
            if exit_code not in RESET_CAUSES or n_deaf > _MAX_DEAF_STARTS:
                self.failure = self._reason(exit_code)
                return
            boot += 1
            try:
                self._start_vm(RESET_CAUSES[exit_code], boot)
            except OSError as error:
                self.failure = f"the virtual unit's VM cannot be started again ({error})"
                return
            if self._is_stopping.is_set():
                self._vm.kill()

    def _has_listened(self, said_at):
        """Whether the start whose lines begin there got as far as its microphones."""
        with self.side_path.open() as file:
            file.seek(said_at)
            return '"listens"' in file.read()

    def _reason(self, exit_code):
        if exit_code in RESET_CAUSES:
            return (
                f"the virtual unit restarted {_MAX_DEAF_STARTS} times in a row; it last said:"
                f" {self._serial.last_words()}"
            )
        log = (self.folder / "vm.log").read_text(errors="replace").strip().splitlines()
        words = log[-1] if log else self._serial.last_words()
        return f"the virtual unit's VM ended with code {exit_code}: {words}"


@functools.cache
def _compiled_shims():
    """The stand-ins' modules as a ROMFS image; _SHIMS has others, for CPython."""
    paths = sorted([*_SHIMS.glob("virtual_*.py"), *map(_SHIMS.joinpath, _STAND_INS)])
    return romfs.build(
        {
            f"/{path.stem}.mpy": image_tool.compiled_module(str(path), path.read_bytes(), "x86")
            for path in paths
        }
    )


def _write_floor(path):
    """Some seconds of two microphones' own noise, the same every time; number of sample pairs."""
    import numpy

    n_pairs = _FLOOR_S * SAMPLE_RATE_HZ
    n_pairs -= n_pairs % (SAMPLE_RATE_HZ * FRAME_MS // 1000)
    rms = 2.0**23 * 10 ** (FLOOR_CDB / 2000)
    noise = numpy.random.default_rng(441).normal(0, rms, (n_pairs, 2))
    path.write_bytes((noise.round().astype("<i4") << 8).tobytes())
    return n_pairs
