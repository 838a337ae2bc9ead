"""Links the firmware's modules into few: a name that need not exist takes no memory of the unit.

Each module of MicroPython has a dictionary and a table of names in the heap, and an import copies
entries from one into the other. Linked, a module's text stands behind those of the modules that it
imports; names that occur twice are told apart; whole numbers with a name stand where the name
stood; what nothing uses is left out; arguments and private attributes are numbered.
Nothing else changes: functions and classes keep their names, and lines stay lines, each module's
behind a comment with its path, so that a line of a traceback can be looked up in the linked text
(`make firmware` puts it beside the compiled set).
Called by: image.compiled. See docs/decisions/0017.
"""

import ast
from dataclasses import dataclass, field

from host_tools import attributes, scopes
from host_tools.failure import Failure

PACKAGE = "callclip"
ENTRIES = ("callclip.ports.watchdog", "callclip.unit")  # what app loads, in that order
KERNELS = "callclip.core.kernels"  # linked by themselves: all else is bytecode, for any chip
APART = ("callclip.app", "callclip.boards")  # these stay as they are
_SMALL_INT = 1 << 30  # a larger number is an object: one with a name is better than one a use


@dataclass(frozen=True)
class Symbol:
    """A global: of which module (dotted), and its name there. None: the module itself."""

    module: str
    name: str | None


@dataclass
class _Module:
    dotted: str
    source: scopes.Source
    names: dict = field(default_factory=dict)  # each global name's Symbol
    made: dict = field(default_factory=dict)  # statement -> the Symbols that it defines
    imports: list = field(default_factory=list)  # dotted, in order
    uses: list = field(default_factory=list)  # (Use, its Symbol, how many of its names that is)

    def statement_of(self, symbol):
        return next(index for index, made in self.made.items() if symbol in made)


def link(files):
    """{path: source}, the package's modules linked; Failure says what cannot be."""
    modules = {}
    for path, data in files.items():
        dotted = _dotted(path)
        if path.startswith(f"/{PACKAGE}/") and not dotted.startswith(APART):
            modules[dotted] = _Module(dotted, scopes.read(path, data))
    program = _Program(modules)
    out = {path: data for path, data in files.items() if _dotted(path) not in modules}
    for name in (KERNELS, *ENTRIES):
        out[modules[name].source.path] = program.text_of(name)
    for path in list(out):
        folders = path.split("/")[1:-1]
        for n in range(1, len(folders) + 1):
            init = "/".join(["", *folders[:n], "__init__.py"])
            out.setdefault(init, files.get(init, b""))
    return dict(sorted(out.items()))


def _dotted(path):
    return path.strip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _Program:
    def __init__(self, modules):
        self._modules = modules
        for module in modules.values():
            _bind(module, modules)
        self._home = {}  # module -> the one of KERNELS and ENTRIES in whose text it is
        self._order = {name: [] for name in (KERNELS, *ENTRIES)}
        for entry in ENTRIES:
            self._follow(entry, entry)
        self._linked = [modules[dotted] for dotted in self._home]
        for module in self._linked:
            module.uses = [(use, *self._symbol(module, use.names)) for use in module.source.uses]
        self._numbers = {}
        for texts in self._order.values():
            for dotted in texts:
                self._find_numbers(modules[dotted])
        self._live = self._find_live()
        self._final = self._find_names()
        self._keywords = set().union(*(module.source.keywords for module in self._linked))
        self._attributes = attributes.short_names([module.source for module in self._linked])

    def _follow(self, dotted, entry):
        """The order of the texts: each behind those it imports."""
        if dotted not in self._home:
            home = KERNELS if dotted.startswith(KERNELS) else entry
            self._home[dotted] = home
            for other in self._modules[dotted].imports:
                self._follow(other, entry)
            self._order[home].append(dotted)

    def _symbol(self, module, names):
        """(what names mean in a module, how many of them do); (None, 0): something built in."""
        symbol = module.names.get(names[0]) if names else None
        if symbol is None:
            return None, 0
        n_names = 1
        if symbol.name is None and symbol.module in self._modules:
            if len(names) == 1:
                raise Failure(f"{module.source.path}: the module {names[0]} is used as an object")
            symbol = Symbol(symbol.module, names[1])
            n_names = 2
        while symbol.module in self._modules:
            meant = self._modules[symbol.module].names.get(symbol.name)
            if meant is None:
                raise Failure(f"{module.source.path}: {symbol.module} has no {symbol.name}")
            if meant == symbol:
                break
            symbol = meant
        return symbol, n_names

    def _find_numbers(self, module):
        for index, node in enumerate(module.source.statements):
            if isinstance(node, ast.Assign):
                values = _values(node, lambda part: self._number(module, part))
                if all(_is_small(value) for value in values):
                    self._numbers.update(zip(module.made[index], values, strict=True))

    def _number(self, module, node, arguments=None):
        """The whole number that an expression is; None: it is none, or not known here."""
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) is int else None
        if isinstance(node, ast.Name) and arguments and node.id in arguments:
            return arguments[node.id]
        names = _dotted_names(node)
        if names:
            return self._numbers.get(self._symbol(module, names)[0])
        if isinstance(node, ast.Call):
            return self._number_of_call(module, node, arguments)
        if isinstance(node, ast.UnaryOp | ast.BinOp) and not isinstance(node.op, ast.Not | ast.Div):
            fields = ("operand",) if isinstance(node, ast.UnaryOp) else ("left", "right")
            values = {name: self._number(module, getattr(node, name), arguments) for name in fields}
            if None in values.values():
                return None
            parts = {name: ast.Constant(value) for name, value in values.items()}
            made = ast.fix_missing_locations(ast.Expression(type(node)(op=node.op, **parts)))
            return eval(compile(made, module.source.path, "eval"), {})  # whole numbers, no names
        return None

    def _number_of_call(self, module, node, arguments):
        """As _number: const, and functions that do nothing but return an expression."""
        values = [self._number(module, part, arguments) for part in node.args]
        symbol, _n_names = self._symbol(module, _dotted_names(node.func))
        if symbol is None or None in values or node.keywords:
            return None
        if symbol.name == "const":
            return values[0]
        there = self._modules.get(symbol.module)
        made = there and there.source.statements[there.statement_of(symbol)]
        body = [part for part in getattr(made, "body", ()) if not scopes.is_text(part)]
        if isinstance(made, ast.FunctionDef) and isinstance(body[0], ast.Return):
            names = [argument.arg for argument in made.args.args]
            return self._number(there, body[0].value, dict(zip(names, values, strict=True)))
        return None

    def _find_live(self):
        """What is used, from the entries' public names on."""
        live = set()
        waiting = [
            symbol
            for entry in ENTRIES
            for made in self._modules[entry].made.values()
            for symbol in made
            if not symbol.name.startswith("_")
        ]
        while waiting:
            symbol = waiting.pop()
            if symbol not in live and symbol not in self._numbers:
                live.add(symbol)
                module = self._modules.get(symbol.module)
                waiting.extend(_used_by(symbol, module) if module else [])
        return live

    def _find_names(self):
        """{Symbol: name}: its own, unless that is taken or would be hidden where it is used."""
        hidden = {}
        taken = set()
        for module in self._linked:
            for use, symbol, _n_names in module.uses:
                hidden.setdefault(symbol, set()).update(use.hidden)
                if symbol is None:
                    taken.add(use.names[0])
        final = {}
        for symbol in sorted(self._live, key=lambda symbol: (symbol.module, symbol.name or "")):
            own = name = symbol.name or symbol.module
            n = 1
            while name in taken or name in hidden.get(symbol, ()):
                n += 1
                name = f"{own}_{n}"
            final[symbol] = name
            taken.add(name)
        return final

    def text_of(self, entry):
        parts = [self._edited(self._modules[dotted]) for dotted in self._order[entry]]
        return b"\n".join([*self._imports(entry), *parts]) + b"\n"

    def _imports(self, entry):
        """Lines for what a text takes from outside it."""
        lines = set()
        for dotted in self._order[entry]:
            for use, symbol, _n_names in self._modules[dotted].uses:
                is_alive = self._live.intersection(self._modules[dotted].made[use.statement])
                if is_alive and symbol in self._live and self._home.get(symbol.module) != entry:
                    lines.add(self._import(symbol))
        return [line.encode() for line in sorted(lines)]

    def _import(self, symbol):
        name = self._final[symbol]
        if symbol.name is None:
            return f"import {symbol.module} as {name}"
        home = self._home.get(symbol.module)
        if home == ENTRIES[-1]:
            raise Failure(f"{symbol.module} cannot be linked: what is loaded before uses it")
        there = self._final[symbol] if home else symbol.name
        return f"from {home or symbol.module} import {there} as {name}"

    def _edited(self, module):
        """A module's text with its names put right, and blank where nothing is used."""
        lines = list(module.source.lines)
        for (line, start, end), new in sorted(self._edits(module), reverse=True):
            text = lines[line - 1]
            lines[line - 1] = text[:start] + new.encode() + text[end:]
        for index, node in enumerate(module.source.statements):
            if not self._live.intersection(module.made.get(index, ())):
                first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
                lines[first - 1 : node.end_lineno] = [b""] * (node.end_lineno - first + 1)
        return b"\n".join([f"# {module.source.path}".encode(), *lines])

    def _edits(self, module):
        for use, symbol, n_names in module.uses:
            line, start, end = use.place
            if n_names < len(use.names):
                end = start + len(use.names[0])
            if symbol in self._numbers:
                value = self._numbers[symbol]
                yield (line, start, end), f"({value})" if value < 0 else str(value)
            elif symbol in self._final:
                yield (line, start, end), self._final[symbol]
        for argument in module.source.arguments:
            if argument.name != "self" and argument.name not in self._keywords:
                for place in argument.places:
                    yield place, f"_{argument.number}"
        for place, name in module.source.attributes:
            if name in self._attributes:
                yield place, self._attributes[name]


def _dotted_names(node):
    """("name",), ("module", "name"), or () if the expression is neither."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return (node.id,) if isinstance(node, ast.Name) else ()


def _bind(module, modules):
    """What each of a module's global names stands for."""
    for index, node in enumerate(module.source.statements):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                module.names[alias.asname or alias.name] = _imported(module, node, alias, modules)
            continue
        module.made[index] = [Symbol(module.dotted, name) for name in _names(node)]
        for symbol in module.made[index]:
            if symbol.name in module.names:
                raise Failure(f"{module.source.path}:{node.lineno}: {symbol.name} is there twice")
            module.names[symbol.name] = symbol


def _imported(module, node, alias, modules):
    if isinstance(node, ast.Import):
        symbol = Symbol(alias.name, None)
    elif f"{node.module}.{alias.name}" in modules:
        symbol = Symbol(f"{node.module}.{alias.name}", None)
    else:
        symbol = Symbol(node.module, alias.name)
    if symbol.module in modules:
        module.imports.append(symbol.module)
    return symbol


def _names(node):
    """Names that a top-level statement defines, in order."""
    if isinstance(node, ast.Assign):
        parts = [part for target in node.targets for part in ast.walk(target)]
        return [part.id for part in parts if isinstance(part, ast.Name)]
    return [node.name]


def _values(node, number):
    """What an assignment gives each of its names, as whole numbers; [None]: not all are."""
    value = node.value
    if len(node.targets) > 1:
        return [None]
    if isinstance(node.targets[0], ast.Name):
        return [number(value)]
    if isinstance(value, ast.Tuple):
        return [number(part) for part in value.elts]
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "range":
        arguments = [number(part) for part in value.args]
        return [None] if None in arguments else list(range(*arguments))
    return [None]


def _is_small(value):
    return value is not None and -_SMALL_INT <= value < _SMALL_INT


def _used_by(symbol, module):
    """Symbols that the definition of one of a module's symbols names."""
    statement = module.statement_of(symbol)
    return [
        other
        for use, other, _n_names in module.uses
        if use.statement == statement and other is not None
    ]
