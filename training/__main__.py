"""python -m training fit | tune: the net's weights and the thresholds, from the tuning part."""

import time

import click
from rich.console import Console
from rich.progress import track

from simulator.world import build

CALLS = 200
DRILLS = 2000
FRAMES_AN_HOUR = 180000
FURTHER_EPOCHS = 7
HELD_OUT = (
    10  # every tenth call is kept back, so that `make tune` sees calls that are new to the net
)


@click.group()
def main():
    """Learn the net's weights and search the thresholds (tuning part only)."""
    from simulator.shims import install_micropython

    install_micropython()


def _heard(paths, what, jobs):
    from training import dataset

    heard = dataset.load(track(paths, f"hearing the {what}"), jobs)
    hours = sum(len(call.features) for call in heard) / FRAMES_AN_HOUR
    Console().print(f"{len(heard)} {what}, {hours:.2f} h")
    return heard


def _calls(n_calls, jobs):
    build.prepare(jobs)
    return _heard(build.build("tuning", n_calls, jobs), "calls", jobs)


@main.command()
@click.option("--calls", default=CALLS, show_default=True)
@click.option("--drills", default=DRILLS, show_default=True)
@click.option("--epochs", default=26, show_default=True)
@click.option("--jobs", default=2, show_default=True)
@click.option("--seed", default=0, show_default=True)
def fit(calls, drills, epochs, jobs, seed):
    """Fit the net and write firmware/callclip/core/weights.py."""
    from training import drill, export
    from training import fit as fitting

    console = Console()
    heard = _calls(calls, jobs)
    drilled = _heard(drill.make(drills, jobs), "drills", jobs)
    began = time.monotonic()

    def tell(epoch, loss):
        console.print(
            f"epoch {epoch + 1} of {epochs}: loss {loss:.4f}, {time.monotonic() - began:.0f} s"
        )

    kept = [call for i, call in enumerate(heard) if i % HELD_OUT]
    net = fitting.fit(kept + drilled, epochs, seed, tell)
    # Drills are most of what it has heard: now the calls count thrice.
    net = fitting.fit(3 * kept + drilled, FURTHER_EPOCHS, seed, tell, net)
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
