"""python -m training fit | tune: the net's weights and the thresholds, from the tuning part."""

import time

import click
from rich.console import Console
from rich.progress import track

from simulator.world import build

CALLS = 400
HELD_OUT = 8  # every eighth call is not fitted, only scored


@click.group()
def main():
    """Learn the net's weights and search the thresholds (tuning part only)."""


def _calls(n_calls, jobs):
    from training import dataset

    build.prepare(jobs)
    paths = build.build("tuning", n_calls, jobs)
    heard = dataset.load(track(paths, "hearing the calls"), jobs)
    hours = sum(len(call.features) for call in heard) / 180000
    Console().print(f"{len(heard)} calls, {hours:.2f} h")
    return heard


@main.command()
@click.option("--calls", default=CALLS, show_default=True)
@click.option("--epochs", default=30, show_default=True)
@click.option("--jobs", default=2, show_default=True)
@click.option("--seed", default=0, show_default=True)
def fit(calls, epochs, jobs, seed):
    """Fit the net and write firmware/callclip/core/weights.py."""
    from training import export
    from training import fit as fitting

    console = Console()
    heard = _calls(calls, jobs)
    began = time.monotonic()

    def tell(epoch, loss):
        console.print(
            f"epoch {epoch + 1} of {epochs}: loss {loss:.4f}, {time.monotonic() - began:.0f} s"
        )

    kept = [call for i, call in enumerate(heard) if i % HELD_OUT]
    net = fitting.fit(kept, epochs, seed, tell)
    n_weights, shifts = export.write(net)
    console.print(f"{n_weights} weights written, shifts {shifts}; now: make tune")


@main.command()
@click.option("--calls", default=CALLS, show_default=True)
@click.option("--jobs", default=2, show_default=True)
def tune(calls, jobs):
    """Search the thresholds and print what each gained; core/tuning.py is yours to edit."""
    from training import tune as tuning

    console = Console()
    heard = _calls(calls, jobs)

    def tell(entry, was, now, before, after):
        console.print(
            f"{entry.row}[{entry.place}] ({entry.decides}): {was} -> {now}, "
            f"F1 {before:.4f} -> {after:.4f}"
        )

    for row, values in tuning.search(heard, tell).items():
        console.print(f"{row} = {tuple(values)}")


main()
