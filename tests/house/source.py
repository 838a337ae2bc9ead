"""The project's own files as the house rules see them: modules parsed, texts read.

A rule is a function from a folder to a list of findings, each "place: sentence". It is run over the
project, where it must find nothing, and over a small counter-example, where it must find the fault.
Called by: tests/house.
"""

import ast
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("firmware", "hardware", "host_tools", "simulator", "tests", "benches", "training")
_NOT_OURS = {".git", ".venv", "build", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
_TEXT = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".csv", ".json", ".yml", ".svg", ""}


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: str  # from the root, with /
    text: str
    tree: ast.Module

    def at(self, node):
        return f"{self.path}:{node.lineno}"


def paths(root, start):
    """Every file of the project under a folder, in order; what others put there is left out."""
    for folder, folders, names in os.walk(start):
        folders[:] = sorted(
            name for name in folders if name not in _NOT_OURS and not name.endswith(".egg-info")
        )
        for name in sorted(set(names) - _NOT_OURS):  # .git is a file in a second work tree
            yield Path(folder, name).relative_to(root)


def modules(root, *folders):
    """Every Python file under the folders, in order."""
    out = []
    for folder in folders:
        for path in paths(root, root / folder):
            if path.suffix == ".py":
                text = (root / path).read_text(encoding="utf-8")
                out.append(Module(path.as_posix(), text, _parsed(text)))
    return out


@cache
def _parsed(text):
    return ast.parse(text)


def texts(root):
    """(path from the root, content) of every text file of the project."""
    for path in paths(root, root):
        if path.suffix in _TEXT:
            try:
                yield path.as_posix(), (root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # no text after all


def imports(module):
    """(node, dotted name) of everything a module imports, at any depth."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}" if node.module else alias.name


def write(root, path, text):
    """A file of a counter-example."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
