"""Every call through the bead, and through the peers, in parallel processes.

    for heard in hear_all(sources, n_jobs, is_beside_peers=True): ...

The bead's rows and events come from simulator.runner in the MicroPython VM, afresh each time. What
the peers say depends on the sound alone and is kept in build/bench/peers, named by the sound.
Called by: __main__.py and the modules that measure sound made for them.
"""

import concurrent.futures
import dataclasses
import hashlib
import multiprocessing

import numpy as np
from callclip.core.frame import SHOWN_FRAMES

from benches.detection import peers, taught
from benches.detection.frames import FRAME_MS
from benches.detection.parts import BENCH
from benches.detection.slots import FRAME_SAMPLES, Samples

PEER_FOLDER = BENCH / "peers"
LEAST_DB = -120.0
LAG_MS = SHOWN_FRAMES * FRAME_MS


@dataclasses.dataclass
class Heard:
    """One call: what is true, what the bead said, what the peers said."""

    name: str
    truth: dict
    rows: np.ndarray  # record array, one a frame, in step with the sound
    events: list  # as the contract prints them
    levels_db: np.ndarray  # float32 [n, 2], rms of each frame
    peers: dict = dataclasses.field(default_factory=dict)  # name -> uint8 [n, 2]
    interruptions: dict = dataclasses.field(default_factory=dict)  # call-ai-metrics: by whom
    lag_ms: int = 0  # how long after a frame's end the bead knows its live flag

    @property
    def n_frames(self):
        return len(self.rows)

    @property
    def hours(self):
        return self.n_frames * FRAME_MS / 3_600_000


def frame_levels_db(samples):
    """float32 [n, 2]: rms of each frame re full scale."""
    n = len(samples) // FRAME_SAMPLES
    frames = samples[: n * FRAME_SAMPLES].astype(np.float32).reshape(n, FRAME_SAMPLES, 2) / 32768
    power = np.square(frames - frames.mean(axis=1, keepdims=True)).mean(axis=1)
    return 10 * np.log10(np.maximum(power, 10 ** (LEAST_DB / 10)))


def hear_samples(name, samples, truth, values=None):
    """The bead alone, over samples in memory; it knows the ringer of the call's own phone."""
    from simulator import runner

    result = runner.run(Samples(samples), values, ringer=taught.template_for(truth))
    levels_db = frame_levels_db(samples)
    return Heard(name, truth, result.frames, result.events, levels_db, lag_ms=LAG_MS)


def hear(source, is_beside_peers):
    """One call on disk."""
    samples = source.samples()
    heard = hear_samples(source.name, samples, source.truth())
    return with_peers(heard, samples) if is_beside_peers else heard


def with_peers(heard, samples):
    """The same call with what the peers say."""
    heard.peers, heard.interruptions = _asked(samples, heard.n_frames)
    return heard


def hear_all(sources, n_jobs, is_beside_peers, on_done=None):
    """Heard of every source, in their order; on_done is called after each."""
    return in_parallel(hear, [(source, is_beside_peers) for source in sources], n_jobs, on_done)


def in_parallel(work, arguments, n_jobs, on_done=None):
    """[work(*a) for a in arguments] in so many processes."""
    if n_jobs == 1:
        out = []
        for each in arguments:
            out.append(work(*each))
            if on_done:
                on_done()
        return out
    context = multiprocessing.get_context("spawn")  # the parent may have threads
    with concurrent.futures.ProcessPoolExecutor(n_jobs, mp_context=context) as pool:
        futures = [pool.submit(work, *each) for each in arguments]
        if on_done:
            for future in futures:
                future.add_done_callback(lambda _future: on_done())
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)  # what still waits would be for nothing
            raise


def _asked(samples, n_frames):
    """({peer: uint8 [n, 2]}, {who: interruptions by call-ai-metrics})."""
    key = hashlib.sha256(samples.tobytes() + repr(sorted(peers.versions().items())).encode())
    path = PEER_FOLDER / f"{key.hexdigest()[:32]}.npz"
    if not path.exists():
        found = {
            name: np.stack([peers.probabilities(name, samples[:, c]) for c in (0, 1)], axis=1)
            for name in peers.names()
        }
        found["interruptions"] = np.array(_call_ai_metrics(samples))
        PEER_FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{multiprocessing.current_process().pid}.npz")
        np.savez_compressed(part, **found)
        part.replace(path)  # never half a file under the name that is looked for
    with np.load(path) as kept:
        found = {name: kept[name] for name in kept.files}
    n_agent, n_customer = found.pop("interruptions").tolist()
    by = {"AGENT": n_agent, "CUSTOMER": n_customer}
    return {name: values[:n_frames] for name, values in found.items()}, by


def _call_ai_metrics(samples):
    """(by the agent, by the customer): interruptions as the package counts them, as it comes."""
    analyze = peers.needed("call_ai_metrics", "call-ai-metrics").analyze
    report = analyze(samples / 32768.0, sample_rate=16000, speakers=["agent", "customer"])
    return [report[who].interruptions for who in ("agent", "customer")]
