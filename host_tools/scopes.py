"""Which name in a module's source means a global, which an argument, and where each stands.

MicroPython's rules for names are Python's. A module of the firmware has imports, assignments,
functions and classes at its top level and nothing else, which is what keeps this small; whatever
else is found there is a Failure. A place is (line from 1, column, end column), in bytes.
Called by: linker.py.
"""

import ast
from dataclasses import dataclass, field

from host_tools.failure import Failure

_TOP_LEVEL = (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Use:
    """A global's name, or `module.name`, where it is read or defined."""

    place: tuple
    names: tuple  # ("pack",) or ("records", "pack")
    statement: int  # which of the top-level statements it stands in
    hidden: frozenset  # names that mean something else here
    is_called: bool = False


@dataclass
class Argument:
    """An argument of a function or a lambda, and each place that names it."""

    name: str
    number: int
    places: list


@dataclass
class Access:
    """An attribute's name where it is read, set or, as a method, defined."""

    place: tuple
    name: str
    owner: str | None = None  # class whose method says self.name
    is_called: bool = False
    is_definition: bool = False


@dataclass
class Source:
    """A module, read."""

    path: str
    lines: list  # of bytes
    statements: list
    uses: list = field(default_factory=list)
    arguments: list = field(default_factory=list)
    keywords: set = field(default_factory=set)  # names of arguments in calls
    accesses: list = field(default_factory=list)  # Access
    made: set = field(default_factory=set)  # attributes that self is given, and methods
    kept: set = field(default_factory=set)  # names that class bodies assign
    texts: set = field(default_factory=set)  # constant texts


def read(path, data):
    """A Source; Failure when its top level is more than imports, assignments and definitions."""
    try:
        statements = [node for node in ast.parse(data).body if not is_text(node)]
    except SyntaxError as error:
        raise Failure(f"{path}:{error.lineno}: {error.msg}") from None
    source = Source(path, data.splitlines(), statements)
    for i, node in enumerate(statements):
        if not isinstance(node, _TOP_LEVEL):
            raise Failure(
                f"{path}:{node.lineno}: a module that is linked has imports, assignments,"
                " functions and classes at its top level, nothing else"
            )
        if not isinstance(node, ast.Import | ast.ImportFrom):
            _Reader(source, i).visit(node)
    return source


def is_text(node):
    """A docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_special(name):
    """MicroPython itself looks for a name like this."""
    return name.startswith("__")


@dataclass
class _Scope:
    own: frozenset
    arguments: dict
    class_name: str | None = None

    @property
    def is_class(self):
        return self.class_name is not None


class _Reader(ast.NodeVisitor):
    """Walks one top-level statement."""

    def __init__(self, source, statement):
        self._source = source
        self._statement = statement
        self._scopes = []
        self._called = None  # the expression of the call that is being read

    def visit_Name(self, node):
        self._note((node.id,), (node.lineno, node.col_offset, node.end_col_offset))

    def visit_Attribute(self, node):
        value = node.value
        is_called = node is self._called
        if isinstance(value, ast.Name) and self._scope_of(value.id) is None:
            if node.end_lineno != value.lineno:
                raise Failure(
                    f"{self._source.path}:{node.lineno}: {value.id}. and its attribute stand on"
                    " two lines"
                )
            place = (node.lineno, node.col_offset, node.end_col_offset)
            self._note((value.id, node.attr), place, is_called)
        else:
            self._access(node, is_called)
            self.visit(value)

    def _access(self, node, is_called):
        end = node.end_col_offset
        place = (node.end_lineno, end - len(node.attr), end)
        owner = None
        if getattr(node.value, "id", "") == "self":
            owner = next((s.class_name for s in reversed(self._scopes) if s.is_class), None)
            if isinstance(node.ctx, ast.Store):
                self._source.made.add(node.attr)
        self._source.accesses.append(Access(place, node.attr, owner, is_called))

    def visit_Call(self, node):
        self._called = node.func
        self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self._source.texts.add(node.value)

    def visit_Global(self, node):
        raise Failure(f"{self._source.path}:{node.lineno}: a function changes a global name")

    def visit_keyword(self, node):
        self._source.keywords.add(node.arg)
        self.visit(node.value)

    def visit_FunctionDef(self, node):
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        self._define(node, "def ")
        self._inside(node, node.args, node.body)

    def visit_Lambda(self, node):
        for part in node.args.defaults:
            self.visit(part)
        self._inside(node, node.args, [node.body])

    def visit_ClassDef(self, node):
        for part in (*node.decorator_list, *node.bases):
            self.visit(part)
        self._define(node, "class ")
        self._inside(node, None, node.body)

    def generic_visit(self, node):
        if isinstance(node, _COMPREHENSIONS):
            self._inside(node, None, list(ast.iter_child_nodes(node)))
        else:
            super().generic_visit(node)

    def _define(self, node, word):
        start = node.col_offset + len(word)
        place = (node.lineno, start, start + len(node.name))
        if not self._scopes:
            self._note((node.name,), place)
        elif self._scopes[-1].is_class and not is_special(node.name):
            self._source.accesses.append(Access(place, node.name, is_definition=True))

    def _note(self, names, place, is_called=False):
        scope = self._scope_of(names[0])
        if scope is None:
            inner = [s.own for s in self._scopes[:-1] if not s.is_class]
            hidden = frozenset().union(*inner, *(s.own for s in self._scopes[-1:]))
            self._source.uses.append(Use(place, names, self._statement, hidden, is_called))
        elif names[0] in scope.arguments:
            scope.arguments[names[0]].places.append(place)

    def _scope_of(self, name):
        """The innermost scope whose own the name is; a class's own are known right in it only."""
        for i, scope in enumerate(reversed(self._scopes)):
            if name in scope.own and (i == 0 or not scope.is_class):
                return scope
        return None

    def _inside(self, node, signature, body):
        arguments = [*signature.args, *signature.kwonlyargs] if signature else []
        starred = [signature.vararg, signature.kwarg] if signature else []
        own = {argument.arg for argument in (*arguments, *starred) if argument}
        for part in body:
            own |= _bound(part)
        class_name = node.name if isinstance(node, ast.ClassDef) else None
        scope = _Scope(frozenset(own), {}, class_name)
        if scope.is_class:
            methods = {part.name for part in body if isinstance(part, ast.FunctionDef)}
            self._source.made |= methods
            self._source.kept |= own - methods
        n_outer = sum(len(outer.arguments) for outer in self._scopes)
        for number, argument in enumerate(arguments, n_outer):
            start = argument.col_offset
            place = (argument.lineno, start, start + len(argument.arg))
            scope.arguments[argument.arg] = Argument(argument.arg, number, [place])
        self._source.arguments.extend(scope.arguments.values())
        self._scopes.append(scope)
        for part in body:
            self.visit(part)
        self._scopes.pop()


def _bound(node):
    """Names that a statement, or an expression, binds in the scope it stands in."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
        return set()
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    out = {node.name} if isinstance(node, ast.ExceptHandler) and node.name else set()
    for child in ast.iter_child_nodes(node):
        out |= _bound(child)
    return out
