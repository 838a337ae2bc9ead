"""How right the bead is, in one run: `make bench-detection`, or in parts

    python -m benches.detection --part tuning --calls 60 --only speech,events --no-peers --worst 10

Prints each figure in full, then the goals with what was measured; writes everything to
build/bench/detection.json, of a run that is not whole to detection-in-part.json, and with --page
also docs/benchmarks/detection.md with its pictures, and what of the goals calls can tell once more
over 200 further calls that nothing was decided by.
Exit code 0 when measured, whatever the figures are; 1 when a figure could not be had; 2 for wrong
usage or a missing peer.
"""

import argparse
import functools
import json
import math
import os
import sys
import time

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from benches.detection import goals, hear, kept, made, parts, peers, show
from simulator.world import kinds

# Over the labelled world, and over sound made for one question each.
OVER_CALLS = ("events", "speech", "onset", "states", "overlaps", "rings")
EPILOG = """The first run fetches voices and renders calls into build/world, which takes long
(docs/scenarios.md). It needs `python3 host_tools/bootstrap.py bench`. Exit codes: 0 measured, 1 a
figure could not be had, 2 wrong usage."""
FILE_COLUMNS = 150  # of a table that goes to a file or a pipe
FURTHER = 600  # the first call that has decided nothing: once one was looked at, go on further
MADE = ("noisy_speech", "levels", "syllables", "noise_steps", "words", "clips")


def module_of(name):
    return __import__(f"benches.detection.{name}", fromlist=[name])


def measure(options, console):
    """(figures by name, per call rows by name, names of figures that failed)."""
    figures, per_call, failed = {}, {}, []
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        over_calls = [name for name in options.only if name in OVER_CALLS]
        if over_calls:
            found = kept.with_kept(
                "+".join(over_calls), options, lambda: _over_calls(over_calls, options, progress)
            )
            figures.update(found[0])
            per_call.update(found[1])
        for name in [name for name in options.only if name in MADE]:
            try:
                figures[name] = kept.with_kept(
                    name, options, functools.partial(_made, name, options, progress)
                )
            except Exception:
                # The figures that took minutes are not lost for one that cannot be had.
                console.print_exception()
                failed.append(name)
    return figures, per_call, failed


def _over_calls(names, options, progress):
    figures, per_call = {}, {}
    calls = _heard(options, progress)
    for name in names:
        figures[name] = module_of(name).measure(calls)
        per_call.update(module_of(name).per_call(calls))
    return figures, per_call


def _made(name, options, progress):
    task = progress.add_task(name, total=None)
    run = made.Run(
        options.part,
        options.jobs,
        options.as_built,
        not options.no_peers,
        lambda: progress.advance(task),
    )
    try:
        return module_of(name).measure(run)
    finally:
        progress.remove_task(task)


def _heard(options, progress):
    sources = parts.sources(
        options.part, options.calls, options.jobs, options.as_built, options.first, options.kinds
    )
    if not sources:
        raise SystemExit(f"callclip: there is no call in the part {options.part}")
    task = progress.add_task("calls", total=len(sources))
    with_peers = not options.no_peers
    return hear.hear_all(sources, options.jobs, with_peers, lambda: progress.advance(task))


def _names_of(known):
    """A reader of names with commas between."""

    def read(text):
        names = tuple(text.split(","))
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name}: there is {', '.join(known)}")
        return names

    return read


def _parsed(argv):
    parser = argparse.ArgumentParser(
        prog="benches.detection", description=__doc__.split("\n")[0], epilog=EPILOG
    )
    parser.add_argument(
        "--part", default="reporting", choices=parts.PARTS, help="docs/scenarios.md"
    )
    parser.add_argument("--calls", type=int, metavar="N", help="so many, evenly over the part")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first one")
    parser.add_argument(
        "--kinds",
        type=_names_of(kinds.KINDS),
        default=(),
        metavar="KIND,KIND",
        help=f"calls of these kinds alone: {', '.join(kinds.KINDS)}",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument(
        "--only",
        type=_names_of(OVER_CALLS + MADE),
        default=OVER_CALLS + MADE,
        metavar="NAME,NAME",
        help=", ".join(OVER_CALLS + MADE),
    )
    parser.add_argument("--as-built", action="store_true", help="only calls that are on disk")
    parser.add_argument("--no-peers", action="store_true", help="the bead alone: much faster")
    parser.add_argument(
        "--resume", action="store_true", help="keep what a run that was stopped had measured"
    )
    parser.add_argument(
        "--worst",
        type=int,
        default=0,
        metavar="N",
        help="list so many of the worst calls of each figure",
    )
    parser.add_argument("--page", action="store_true", help="write the page with its pictures")
    parser.add_argument("--json", action="store_true", help="figures to stdout, talk to stderr")
    options = parser.parse_args(argv)
    if options.calls is not None and options.calls < 1:
        parser.error(f"--calls {options.calls}: at least one")
    if options.first < 0:
        parser.error(f"--first {options.first}: 0 or more")
    if options.first and options.part == parts.SCENARIOS:
        parser.error(f"--first {options.first}: the scenarios have names, no numbers")
    if options.kinds and options.part == parts.SCENARIOS:
        parser.error(f"--kinds {','.join(options.kinds)}: the scenarios are of no kind")
    if options.page and not _is_whole(options):
        parser.error("--page: only of a whole run: --part reporting, every figure and call, peers")
    return options


def _is_whole(options):
    is_all = options.part == "reporting" and set(options.only) == set(OVER_CALLS + MADE)
    is_some = options.calls or options.first or options.kinds or options.as_built
    return is_all and not (is_some or options.no_peers)


def _further(options, console):
    """The goals over calls that nothing was decided by, as far as calls tell."""
    changes = {"first": FURTHER, "only": OVER_CALLS, "no_peers": True}
    figures, _per_call, failed = measure(
        argparse.Namespace(**{**vars(options), **changes}), console
    )
    if failed:
        raise SystemExit("callclip: the further calls could not be measured, see above")
    told = [row for row in goals.rows(figures) if row.figure != goals.NOT_MEASURED]
    size = {key: figures["events"][key] for key in ("calls", "hours")}
    return {"first": FURTHER, **size, "goals": [vars(row) for row in told], "figures": figures}


def main(argv=None):
    options = _parsed(argv)
    width = None if sys.stdout.isatty() else FILE_COLUMNS
    console = Console(stderr=options.json, width=width)
    started = time.monotonic()
    if not options.no_peers:
        try:
            peers.check()
        except peers.PeerError as error:
            print(f"callclip: {error}; or measure the bead alone with --no-peers", file=sys.stderr)
            return 2
    figures, per_call, failed = measure(options, console)
    rows = goals.rows(figures)
    is_whole = _is_whole(options) and not failed
    result = {
        "part": options.part,
        "first": options.first,
        "kinds": options.kinds,
        "calls": options.calls,
        "goals": [vars(row) for row in rows],
        "figures": figures,
        "further": None,
        "peers": {} if options.no_peers else peers.versions(),
        "minutes": round((time.monotonic() - started) / 60, 1),
    }
    path = parts.BENCH / ("detection.json" if is_whole else "detection-in-part.json")
    text = _written(result, path)
    if options.page and is_whole:
        result["further"] = _further(options, console)
        text = _written(result, path)
    if options.json:
        sys.stdout.write(text)
    _show(console, figures, per_call, rows, options)
    if options.page and is_whole:
        from benches.detection import page

        page.write(result)
    console.print(f"{result['minutes']} min; everything is in {os.path.relpath(path)}")
    if failed:
        console.print(f"callclip: could not be measured, see above: {', '.join(failed)}")
    return 1 if failed else 0


def _written(result, path):
    text = json.dumps(_finite(result), indent=1) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return text


def _finite(value):
    """The same without infinities, which JSON has not, and without numpy's numbers."""
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _show(console, figures, per_call, rows, options):
    for name in options.only:
        table = getattr(show, name, None)
        if table:
            table(console, figures[name])
        elif name in figures:
            show.made(console, figures[name])
    if options.worst:
        show.worst(console, per_call, options.worst)
    show.goals(console, rows)


if __name__ == "__main__":
    sys.exit(main())
