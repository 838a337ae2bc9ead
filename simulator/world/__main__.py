"""python -m simulator.world --part tuning --calls 200 --jobs 2"""

import click
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from simulator.world import build, cast, packages


@click.command()
@click.option("--part", type=click.Choice(cast.PARTS), multiple=True, help="default: both")
@click.option("--calls", default=cast.CALLS, show_default=True, help="how many calls of each part")
@click.option("--jobs", default=2, show_default=True, help="processes")
def main(part, calls, jobs):
    """Build the labelled world under build/world."""
    try:
        with Progress(
            *Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn()
        ) as bar:
            voices = bar.add_task("voices", total=None)
            build.prepare(jobs, lambda n, total: bar.update(voices, completed=n, total=total))
            bar.update(voices, total=1, completed=1)
            for name in part or cast.PARTS:
                task = bar.add_task(name, total=calls)
                seconds = []
                build.build(
                    name,
                    calls,
                    jobs,
                    lambda n, s, task=task, seconds=seconds: (
                        seconds.append(s),
                        bar.update(task, completed=n),
                    ),
                )
                bar.console.print(f"{name}: {len(seconds)} calls, {sum(seconds) / 3600:.2f} h")
    except packages.PackageError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
