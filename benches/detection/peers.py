"""The peers: speech detectors that others use, on one channel of 16 kHz sound.

    probabilities("silero-vad", samples)  ->  uint8 a 20 ms frame, 255 = certainly speech

webrtcvad only says yes or no, in four modes. A peer that judges other stretches than 20 ms is asked
for the stretch in which the middle of the frame lies. Each begins afresh with every recording.
A peer that is missing is an error with the line that installs it.
Called by: hear.py. Ref: the packages webrtcvad-wheels, silero-vad and ten-vad.
"""

import functools
import importlib
import importlib.metadata
import importlib.util
from pathlib import Path

import numpy as np

from benches.detection import libcxx

RATE_HZ = 16000
FRAME_SAMPLES = 320
SURE = 255
WEBRTC_MODES = (0, 1, 2, 3)
SILERO_HOP, SILERO_CONTEXT = 512, 64
TEN_HOP = 256


class PeerError(Exception):
    """One sentence: which peer is missing and what installs it."""


def names():
    return [*(f"webrtcvad {mode}" for mode in WEBRTC_MODES), "silero-vad", "ten-vad"]


def has_thresholds(name):
    return not name.startswith("webrtcvad")


def versions():
    """Package -> version of what was measured."""
    packages = ("webrtcvad-wheels", "silero-vad", "onnxruntime", "ten-vad", "call-ai-metrics")
    return {package: importlib.metadata.version(package) for package in packages}


def check():
    """Raise PeerError unless every peer can be asked."""
    silence = np.zeros(2 * RATE_HZ, np.int16)
    for name in names():
        probabilities(name, silence)
    needed("call_ai_metrics", "call-ai-metrics")


def needed(module, package):
    """The module, or a PeerError that says how to get it."""
    try:
        return importlib.import_module(module)
    except (ImportError, OSError) as error:
        raise PeerError(
            f"the peer {package} cannot be loaded ({error}): install the peers with "
            "`python3 host_tools/bootstrap.py bench`"
        ) from error


def probabilities(name, samples):
    """uint8 for each whole frame of int16 samples of one channel."""
    if name.startswith("webrtcvad"):
        return _webrtc(int(name.rpartition(" ")[2]), samples)
    hop, judged = {"silero-vad": (SILERO_HOP, _silero), "ten-vad": (TEN_HOP, _ten)}[name]
    # Whole stretches, the last filled up with silence.
    padded = np.zeros(-(-len(samples) // hop) * hop, np.int16)
    padded[: len(samples)] = samples
    values = np.rint(SURE * judged(padded)).astype(np.uint8)
    middles = np.arange(len(samples) // FRAME_SAMPLES) * FRAME_SAMPLES + FRAME_SAMPLES // 2
    return values[middles // hop]


def _webrtc(mode, samples):
    detector = needed("webrtcvad", "webrtcvad-wheels").Vad(mode)
    data = np.ascontiguousarray(samples, "<i2").tobytes()
    n_bytes = 2 * FRAME_SAMPLES
    flags = [
        detector.is_speech(data[at : at + n_bytes], RATE_HZ)
        for at in range(0, len(data) - n_bytes + 1, n_bytes)
    ]
    return np.array(flags, np.uint8) * SURE


@functools.cache
def _silero_session():
    onnxruntime = needed("onnxruntime", "onnxruntime")
    package = importlib.util.find_spec("silero_vad")  # found, not imported: that would want torch
    if package is None:
        needed("silero_vad", "silero-vad")
    model = Path(package.origin).parent / "data" / "silero_vad_16k_sequence.onnx"
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _silero(samples):
    """The package's own model, whole recording at once: each stretch with the end of the last."""
    stretches = samples.reshape(-1, SILERO_HOP).astype(np.float32) / 32768
    before = np.zeros((len(stretches), SILERO_CONTEXT), np.float32)
    before[1:] = stretches[:-1, -SILERO_CONTEXT:]
    rest = np.zeros((1, 1, 128), np.float32)
    inputs = {"input": np.concatenate((before, stretches), axis=1), "h": rest, "c": rest}
    return _silero_session().run(["speech_probs"], inputs)[0].reshape(-1)


@functools.cache
def _ten_module():
    libcxx.load()
    return needed("ten_vad", "ten-vad")


def _ten(samples):
    module = _ten_module()
    try:
        detector = module.TenVad(TEN_HOP)
    except OSError as error:
        raise PeerError(
            f"the peer ten-vad cannot be loaded ({error}): install LLVM's libc++ (on Debian and "
            "Ubuntu: apt install libc++1), or run `python3 host_tools/bootstrap.py bench`"
        ) from error
    stretches = np.ascontiguousarray(samples).reshape(-1, TEN_HOP)
    return np.array([detector.process(stretch)[0] for stretch in stretches])
