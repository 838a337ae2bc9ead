"""python -m training fit | tune: the net's weights and the thresholds, from the tuning part."""

import time

import click
from rich.console import Console
from rich.progress import track

from simulator.world import build

CALLS = 200
LESSONS = 100
DRILLS = 900
EPOCHS = 24
# How often each is heard in an epoch: drills are most of what there is, calls what it is for.
CALL_TIMES, LESSON_TIMES, DRILL_TIMES = 2, 2, 1
# Then so many epochs in which lone words, the least that may stop "hang up", are heard more often.
WORD_EPOCHS = 3
WORD_TIMES = 6
TOLD_EPOCHS = 4
FRAMES_AN_HOUR = 180000


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
@click.option("--lessons", default=LESSONS, show_default=True)
@click.option("--drills", default=DRILLS, show_default=True)
@click.option("--epochs", default=EPOCHS, show_default=True)
@click.option("--jobs", default=2, show_default=True)
@click.option("--seed", default=0, show_default=True)
def fit(calls, lessons, drills, epochs, jobs, seed):
    """Fit the net and write firmware/callclip/core/weights.py."""
    from training import export, strangers
    from training import fit as fitting

    console = Console()
    known, strange = strangers.parted(_calls(calls, jobs))
    further, drilled = _further(lessons, drills, jobs)
    heard = known + further + drilled
    times = [CALL_TIMES] * len(known) + [LESSON_TIMES] * len(further)
    times += [DRILL_TIMES] * len(drilled)
    began = time.monotonic()

    def tell(epoch, loss, net):
        line = f"epoch {epoch + 1} of {epochs} and {WORD_EPOCHS}: loss {loss:.4f}, "
        line += f"{time.monotonic() - began:.0f} s"
        if (epoch + 1) % TOLD_EPOCHS == 0 or epoch + 1 == epochs:
            line += f"; strangers: {strangers.told(net, strange)}"
        console.print(line, soft_wrap=True)

    net = fitting.fit(heard, times, epochs, seed, tell)
    words = [call.truth["conditions"].get("drill") == "words" for call in heard]
    times = [WORD_TIMES if is_word else n for n, is_word in zip(times, words, strict=True)]
    net = fitting.fit(heard, times, WORD_EPOCHS, seed + 1, tell, net)
    n_weights, shifts = export.write(net)
    console.print(f"{n_weights} weights written, shifts {shifts}; now: make tune")


def _further(n_lessons, n_drills, jobs):
    """What is heard beside the tuning part's calls: (lessons, drills)."""
    from training import drill, lessons, music, voices

    voices.prepare(jobs)
    music.prepare(jobs)
    return (
        _heard(lessons.make(n_lessons, jobs), "lessons", jobs),
        _heard(drill.make(n_drills, jobs), "drills", jobs),
    )


@main.command()
@click.option("--calls", default=CALLS, show_default=True)
@click.option("--jobs", default=2, show_default=True)
def tune(calls, jobs):
    """Search the thresholds and print what each gained; core/tuning.py is yours to edit.

    On the calls that the fit never heard: at home the net is surer than it will be anywhere else.
    """
    from training import strangers
    from training import tune as tuning

    console = Console()
    _known, heard = strangers.parted(_calls(calls, jobs))
    console.print(f"{len(heard)} calls with voices or music that the fit never heard")

    def tell(entry, was, now, before, after):
        console.print(
            f"{entry.row}[{entry.place}] ({entry.decides}): {was} -> {now}, "
            f"F1 {before:.4f} -> {after:.4f}"
        )

    for row, values in tuning.search(heard, tell).items():
        console.print(f"{row} = {tuple(values)}")


main()
