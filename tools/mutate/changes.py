"""One-place changes of a module, each as a person might get it wrong.

What no test should hold is left alone: annotations, docstrings, assertions, what is
logged for developers, and how decorators are called.
"""

import ast
from collections.abc import Iterator
import copy
from dataclasses import dataclass
from functools import singledispatch
from itertools import accumulate
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], ast.cmpop]] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}
_OPERATORS: Final[dict[type[ast.operator], ast.operator]] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.FloorDiv: ast.Mult(),
    ast.Mod: ast.Mult(),
    ast.BitOr: ast.BitAnd(),
    ast.BitAnd: ast.BitOr(),
}
_FUNCTIONS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_FOR_DEVELOPERS: Final = {"debug", "info"}
_PASS: Final = ast.Pass()
_NOTHING: Final = ast.Tuple([], ast.Load())
# What is no part of the code that runs, or says nothing that a test could see.
_LEFT_ALONE: Final = {
    *("annotation", "returns", "type_params"),
    *("bases", "keywords", "decorator_list"),
}
# What needs parentheses where something simple stood.
_COMPOUND: Final = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp)
_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a module of the integration; `start` and `end` are bytes.

    `code` is the line in which it begins.
    """

    module: str
    line: int
    code: str
    before: str
    after: str
    start: int
    end: int

    def apply(self, source: bytes) -> bytes:
        """Return the changed source of the module."""
        return source[: self.start] + self.after.encode() + source[self.end :]

    @property
    def places(self) -> set[str]:
        """Return what the places are called in which it is."""
        return {self.module, f"{self.module}:{self.line}"}

    @property
    def shown(self) -> str:
        """Return the change as a person reads it."""
        before = " ".join(self.before.split())
        return f"{self.module}:{self.line}: {before}  →  {self.after}"


def changes(module: str, source: bytes) -> list[Change]:
    """Return all changes of a module that are still Python."""
    lines = source.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]

    def change(node: ast.AST, new: ast.AST) -> Change:
        # Every node that is changed has a place.
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        before, after = source[start:end].decode(), ast.unparse(new)
        if isinstance(new, _COMPOUND):
            after = f"({after})"
        code = lines[node.lineno - 1].decode().strip()
        return Change(module, node.lineno, code, before, after, start, end)

    found = {change(node, new): None for node, new in _of_tree(ast.parse(source))}
    return [change for change in found if _is_python(change.apply(source))]


def _is_python(source: bytes) -> bool:
    try:
        compile(source, "", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


type _Pairs = Iterator[tuple[ast.AST, ast.AST]]


def _of_tree(node: ast.AST, function: str | None = None) -> _Pairs:
    """Yield what to change in a node and in what it contains, and into what.

    `function` is the name of the one around it.
    """
    if _is_left_alone(node):
        return
    yield from _of_node(node)
    if function is None:
        yield from _of_table(node)
    elif function != "__init__":
        yield from _of_assignment(node)
    if isinstance(node, _FUNCTION):
        function = getattr(node, "name", "lambda")
    keep_keywords = isinstance(node, ast.Call)
    for name, value in ast.iter_fields(node):
        if name in _LEFT_ALONE and not (name == "keywords" and keep_keywords):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _of_tree(child, function)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant() | ast.Yield()) | ast.Assert() | ast.TypeAlias():
            return True
        case ast.Import() | ast.ImportFrom() | ast.Assign([ast.Name("__all__")]):
            return True  # The type checker knows what is exported.
        case ast.Expr(ast.Call(ast.Attribute(attr=level))):
            return level in _FOR_DEVELOPERS
    return False


@singledispatch
def _of_node(node: ast.AST) -> _Pairs:
    yield from ()


@_of_node.register
def _(node: ast.Compare) -> _Pairs:
    for index, operator in enumerate(node.ops):
        if other := _COMPARISONS.get(type(operator)):
            ops = [*node.ops[:index], other, *node.ops[index + 1 :]]
            yield node, ast.Compare(node.left, ops, node.comparators)


@_of_node.register
def _(node: ast.BoolOp) -> _Pairs:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, ast.BoolOp(other, node.values)
    for values in _one_fewer(node.values):
        yield node, ast.BoolOp(node.op, values) if len(values) > 1 else values[0]


@_of_node.register
def _(node: ast.UnaryOp) -> _Pairs:
    if isinstance(node.op, ast.Not):
        yield node, node.operand


@_of_node.register
def _(node: ast.BinOp) -> _Pairs:
    if other := _OPERATORS.get(type(node.op)):
        yield node, ast.BinOp(node.left, other, node.right)


@_of_node.register
def _(node: ast.AugAssign) -> _Pairs:
    if other := _OPERATORS.get(type(node.op)):
        yield node, ast.AugAssign(node.target, other, node.value)


@_of_node.register
def _(node: ast.Constant) -> _Pairs:
    match node.value:
        case bool(value):
            yield node, ast.Constant(not value)
        # A number that differs by little is rarely a mistake that anybody meets.
        case int(value) | float(value):
            yield node, ast.Constant(2 * value or 1)
        case str(value):
            yield node, ast.Constant("" if value else "x")
        case bytes(value):
            yield node, ast.Constant(b"" if value else b"x")


@_of_node.register
def _(node: ast.JoinedStr) -> _Pairs:
    yield node, ast.Constant("")


@_of_node.register(ast.If | ast.While | ast.IfExp)
def _(node: ast.If | ast.While | ast.IfExp) -> _Pairs:
    yield from _negated(node.test)


@_of_node.register
def _(node: ast.comprehension) -> _Pairs:
    for condition in node.ifs:
        yield from _negated(condition)


@_of_node.register
def _(node: ast.match_case) -> _Pairs:
    if node.guard:
        yield from _negated(node.guard)


def _negated(condition: ast.expr) -> _Pairs:
    """Yield the opposite of a condition that has no operator to change."""
    if not isinstance(condition, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield condition, ast.UnaryOp(ast.Not(), condition)


@_of_node.register
def _(node: ast.Return) -> _Pairs:
    if node.value and not isinstance(node.value, ast.Constant):
        yield node, ast.Return(ast.Constant(None))


@_of_node.register
def _(node: ast.Expr) -> _Pairs:
    yield node, _PASS


@_of_node.register(ast.Raise | ast.Break | ast.Continue | ast.Delete)
def _(node: ast.stmt) -> _Pairs:
    yield node, _PASS


@_of_node.register
def _(node: ast.ExceptHandler) -> _Pairs:
    match node.type:
        case ast.Tuple(elts):
            for fewer in _one_fewer(elts):
                yield node.type, ast.Tuple(fewer, ast.Load())
        case ast.expr():
            yield node.type, _NOTHING


@_of_node.register
def _(node: ast.Call) -> _Pairs:
    for keywords in _one_fewer(node.keywords):
        yield node, ast.Call(node.func, node.args, keywords)
    match node.func:
        case ast.Name("suppress"):
            for arguments in _one_fewer(node.args):
                yield node, ast.Call(node.func, arguments, [])
        case ast.Name(name) if other := _FUNCTIONS.get(name):
            yield node.func, ast.Name(other)


def _of_table(node: ast.AST) -> _Pairs:
    """Yield tables of a module or a class with an entry fewer."""
    match node:
        case ast.Tuple(elts) | ast.List(elts) | ast.Set(elts) if len(elts) > 1:
            for fewer in _one_fewer(elts):
                yield node, copy.replace(node, elts=fewer)
        case ast.Dict(keys, values):
            entries = list(zip(keys, values, strict=True))
            for some in _one_fewer(entries):
                yield node, ast.Dict(*map(list, zip(*some, strict=True)) or ([], []))


def _of_assignment(node: ast.AST) -> _Pairs:
    """Yield what no longer remembers a value."""
    match node:
        case ast.Assign([ast.Attribute() | ast.Subscript()]) | ast.AugAssign(
            ast.Attribute() | ast.Subscript()
        ):
            yield node, _PASS


def _one_fewer[Item](items: list[Item]) -> Iterator[list[Item]]:
    for index in range(len(items)):
        yield items[:index] + items[index + 1 :]
