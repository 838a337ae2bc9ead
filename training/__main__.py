"""python -m training fit | mean | tune | syllables: net and thresholds, from the tuning part."""

import dataclasses
import time

import click
from rich.console import Console
from rich.progress import track

from simulator.world import build

CALLS = 200
LESSONS = 100
DRILLS = 2000
SILENT_DRILLS = 500
STRANGE_DRILLS = 60


@dataclasses.dataclass(frozen=True)
class Pass:
    """So many epochs, in each of which a call or lesson, one with hold music, a drill, one of lone
    words, one of music, a silent call's is heard so often."""

    epochs: int
    call: int
    held: int
    drill: int
    words: int
    music: int
    silent: int = 0


# Drills are most of what there is, calls are what it is for; strange music is what a net takes
# longest to believe in, and a lone word after long silence, the least that may stop "hang up", what
# it doubts again as soon as it hears of something else: so that comes last.
PASSES = (
    Pass(24, call=2, held=2, drill=1, words=1, music=1),
    Pass(8, call=4, held=4, drill=1, words=3, music=1),
    Pass(7, call=4, held=12, drill=1, words=4, music=2),
    Pass(4, call=4, held=6, drill=1, words=5, music=1),
    Pass(4, call=4, held=6, drill=1, words=5, music=1, silent=6),
    Pass(3, call=4, held=6, drill=1, words=5, music=1, silent=6),
    Pass(3, call=4, held=6, drill=1, words=5, music=1, silent=7),
)
FURTHER_PASSES = 2  # the last ones, which also fit a net further that stands
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
@click.option("--jobs", default=2, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--further", is_flag=True, help="Fit the committed weights on: the last passes.")
def fit(calls, lessons, drills, jobs, seed, further):
    """Fit the net and write firmware/callclip/core/weights.py."""
    from training import drill, export, strangers
    from training import fit as fitting

    console = Console()
    known, strange = strangers.parted(_calls(calls, jobs))
    heard = known + sum(_further(lessons, drills, jobs), [])
    strange += _heard(drill.strange(STRANGE_DRILLS, jobs), "drills of strange music", jobs)
    began = time.monotonic()
    net = export.read() if further else None
    passes = PASSES[-FURTHER_PASSES:] if further else PASSES
    for number, one in enumerate(passes):

        def tell(epoch, loss, net, number=number, one=one):
            line = f"pass {number + 1} of {len(passes)}, epoch {epoch + 1} of {one.epochs}: "
            line += f"loss {loss:.4f}, {time.monotonic() - began:.0f} s"
            if (epoch + 1) % TOLD_EPOCHS == 0 or epoch + 1 == one.epochs:
                line += f"; strangers: {strangers.told(net, strange)}"
            console.print(line, soft_wrap=True)

        times = [_times(call, one) for call in heard]
        net = fitting.fit(heard, times, one.epochs, seed + number, tell, net)
    n_weights, shifts = export.write(net)
    console.print(f"{n_weights} weights written, shifts {shifts}; now: make tune")


def _times(call, one):
    """How often a call, lesson or drill is heard in an epoch of the pass."""
    drill = call.truth["conditions"].get("drill")
    if drill:
        often = {"words": one.words, "music": one.music, "silent": one.silent}
        return often.get(drill, one.drill)
    return one.held if call.pieces else one.call


def _further(n_lessons, n_drills, jobs):
    """What is heard beside the tuning part's calls: lessons, drills, silent calls."""
    from training import drill, lessons, music, voices

    voices.prepare(jobs)
    music.prepare(jobs)
    return (
        _heard(lessons.make(n_lessons, jobs), "lessons", jobs),
        _heard(drill.make(n_drills, jobs), "drills", jobs),
        _heard(drill.silent(SILENT_DRILLS, jobs), "drills of silent calls", jobs),
    )


@main.command()
@click.argument("old", type=click.Path(exists=True, dir_okay=False))
@click.option("--share", default=0.35, show_default=True, help="What the committed net counts.")
def mean(old, share):
    """Write the mean of the net in OLD, a weights.py of before, and of the committed one."""
    from training import export

    n_weights, shifts = export.write(export.mean(export.read(old), export.read(), share))
    Console().print(f"{n_weights} weights written, shifts {shifts}")


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


@main.command()
@click.option("--jobs", default=2, show_default=True)
def syllables(jobs):
    """Fit what a hill of the voice counts (SYLLABLES); core/tuning.py is yours to edit."""
    from training import syllables as counting

    found = counting.fit(jobs)
    Console().print(
        f"{found.n_calls} calls; hill and frame {found.before} -> {found.after} of {counting.ONE}, "
        f"within a tenth {found.within_before:.3f} -> {found.within_after:.3f}",
        soft_wrap=True,
    )


main()
