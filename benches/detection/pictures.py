"""The page's pictures: operating points, time errors, confusion of states. SVG, always the same.

    draw(figures, folder)   ->  paths of what could be drawn from these figures

Called by: page.py.
"""

import math

import numpy as np

COLOURS = {"silero-vad": "#0072b2", "ten-vad": "#d55e00", "webrtcvad": "#7f7f7f"}
OURS = "#009e73"
LEAST_ERRORS = 5
PANEL_MS = 2000  # time errors beyond this stand in the outermost bar


def draw(figures, folder):
    import matplotlib

    matplotlib.use("Agg")
    # The same figures give the same bytes.
    matplotlib.rcParams.update({"svg.hashsalt": "callclip", "font.size": 9})
    out = []
    for name, needed, drawn in (
        ("roc", "speech", _roc),
        ("time-errors", "events", _time_errors),
        ("states", "states", _states),
    ):
        if needed in figures:
            figure = drawn(figures)
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
            out.append(path)
    return out


def _axes(n_rows, n_columns, width, height):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, np.atleast_1d(figure.subplots(n_rows, n_columns)).ravel()


def _roc(figures):
    """Speech found against other frames flagged: each peer's curve, the bead's point."""
    figure, axes = _axes(1, 2, 9, 4.2)
    for axis, channel in zip(axes, ("agent", "line"), strict=True):
        row = figures["speech"][channel]
        for name, points in row["roc"].items():
            peer, _comma, kind = name.rpartition(", ")
            found = [point[1] for point in points]
            wrong = [point[2] for point in points]
            colour = COLOURS[peer.split(" ")[0]]
            style = "-" if kind == "gated" else ":"
            if len(points) > 1:
                axis.plot(wrong, found, style, color=colour, label=name)
            else:
                mark = "x" if kind == "gated" else "+"
                label = f"webrtcvad 0–3, {kind}" if peer.endswith("0") else None
                axis.plot(wrong, found, mark, color=colour, label=label)
                axis.annotate(peer[-1], (wrong[0], found[0]), fontsize=7, xytext=(3, -7),
                              textcoords="offset points")  # fmt: skip
        ours = row["detectors"]["callclip"]
        axis.plot(ours["wrong"], ours["found"], "*", color=OURS, markersize=14, label="callclip")
        axis.set(title=f"{channel} channel", xlabel="other frames flagged", xlim=(-0.01, 0.5))
        axis.set(ylabel="speech frames found", ylim=(0.5, 1.005))
        axis.grid(alpha=0.3)
    axes[1].legend(fontsize=7, loc="lower right")
    return figure


def _time_errors(figures):
    """A histogram for each kind of event with enough reports, and one of the onset delays."""
    panels = [
        (kind, row["errors_ms"])
        for kind, row in figures["events"]["kinds"].items()
        if len(row["errors_ms"]) >= LEAST_ERRORS
    ]
    if "onset" in figures:
        panels.append(("speech onset delay", figures["onset"]["histogram_ms"]))
    n_columns = 4
    n_rows = max(1, math.ceil(len(panels) / n_columns))
    figure, axes = _axes(n_rows, n_columns, 10, 1.9 * n_rows)
    for axis, (name, errors_ms) in zip(axes, panels, strict=False):
        shown = np.clip(errors_ms, -PANEL_MS, PANEL_MS)
        reach = max(100.0, float(np.percentile(np.abs(shown), 99)))
        axis.hist(shown, bins=np.linspace(-reach, reach, 41), color=OURS)
        axis.axvline(0, color="black", linewidth=0.6)
        axis.set_title(f"{name} ({len(errors_ms)})", fontsize=7.5)
        axis.tick_params(labelsize=6.5)
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    figure.supxlabel("reported minus true, ms", fontsize=8)
    return figure


def _states(figures):
    """Share of each true state's seconds that are said to be each state."""
    channels = [(name, row) for name, row in figures["states"].items() if row["right"] is not None]
    figure, axes = _axes(1, max(1, len(channels)), 5.2 * max(1, len(channels)), 4.4)
    for axis, (name, row) in zip(axes, channels, strict=False):
        counts = np.array(row["confusion"], float)
        totals = counts.sum(axis=1, keepdims=True)
        share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
        axis.imshow(share, cmap="Greens", vmin=0, vmax=1)
        for true, said in zip(*np.nonzero(counts), strict=True):
            colour = "white" if share[true, said] > 0.6 else "black"
            axis.text(said, true, f"{100 * share[true, said]:.1f}", ha="center", va="center",
                      fontsize=7, color=colour)  # fmt: skip
        words = [state.replace("_", "\n") for state in row["names"]]
        axis.set_xticks(range(len(words)), words, fontsize=6)
        axis.set_yticks(range(len(words)), words, fontsize=6)
        axis.set(xlabel="said", ylabel="true", title=f"{name} channel, % of the true state's time")
    return figure
