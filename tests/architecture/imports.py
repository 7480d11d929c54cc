"""What a Python source imports, and from where in it: read from the syntax tree, nothing is executed."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Import:
    """One imported thing: `from module import name`, or `import module` (then `name` is empty)."""

    module: str
    name: str
    line: int
    task: str  # name of the function decorated with @task or @task(...) in whose body it stands, or ""

    @property
    def dotted(self) -> str:
        """Module and name together: `from tasks import core` and `import tasks.core` are the same."""
        return f"{self.module}.{self.name}".rstrip(".")


def imports_of(source: str) -> list[Import]:
    """Return every import of `source`, wherever it stands.

    Relative imports keep their dots. `importlib.import_module("name")` and `__import__("name")` count too; called
    with anything else than a literal they import a module called `?`, which no rule allows.
    """
    finder = _Finder()
    finder.visit(ast.parse(source))
    return finder.found


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[Import] = []
        self._task = ""

    def _add(self, node: ast.AST, module: str, name: str = "") -> None:
        self.found.append(Import(module, name, getattr(node, "lineno", 0), self._task))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._add(node, "." * node.level + (node.module or ""), alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        if called in {"__import__", "import_module", "importlib.import_module"}:
            literal = node.args[0] if node.args else None
            known = isinstance(literal, ast.Constant) and isinstance(literal.value, str)
            self._add(node, literal.value if known else "?")
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = {ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
        before, self._task = self._task, node.name if "task" in decorators else self._task
        self.generic_visit(node)
        self._task = before

    visit_AsyncFunctionDef = visit_FunctionDef
