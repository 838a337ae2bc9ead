"""What the firmware's modules have reckoned when they are loaded, found without the unit.

Loading a module has no effect but its globals (tests/house hold that), so it can be done here.
Modules of MicroPython that CPython lacks are stood in for by something that is its own attribute
and returns what it is given: as a decorator, or as `const`, it changes nothing.
Called by: linker.py.
"""

import __future__

import ast
import importlib

_NO_ANNOTATIONS = __future__.annotations.compiler_flag  # viper's types are no names here


class _Uctypes:
    """As much of it as is used while modules are loaded."""

    @staticmethod
    def addressof(_buffer):
        return 0


class _Absent:
    def __getattr__(self, _name):
        return self

    def __call__(self, *arguments):
        return arguments[0] if arguments else self


def load(dotted, modules, loaded):
    """The globals of a module of `modules`, {dotted: scopes.Source}; kept in `loaded`."""
    if dotted in loaded:
        return loaded[dotted]
    space = loaded[dotted] = {"__name__": dotted}
    source = modules[dotted]
    for node in source.statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                space[alias.asname or alias.name] = _module(alias.name, modules, loaded)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found = _imported(node.module, alias.name, modules, loaded)
                space[alias.asname or alias.name] = found
        else:
            code = ast.Module(body=[node], type_ignores=[])
            exec(compile(code, source.path, "exec", _NO_ANNOTATIONS), space)
    return space


def _imported(module, name, modules, loaded):
    whole = f"{module}.{name}"
    if whole in modules:
        return _module(whole, modules, loaded)
    if module in modules:
        return load(module, modules, loaded)[name]
    return getattr(_module(module, modules, loaded), name)


def _module(dotted, modules, loaded):
    if dotted in modules:
        return _Globals(load(dotted, modules, loaded))
    if dotted == "uctypes":
        return _Uctypes
    try:
        return importlib.import_module(dotted)
    except ImportError:
        return _Absent()


class _Globals:
    """A module as its globals."""

    def __init__(self, space):
        self.__dict__ = space
