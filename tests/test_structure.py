"""Where everything lies, and who may import whom; CONTRIBUTING.md says why.

The imports are read from the sources, those inside functions included. `TYPE_CHECKING` blocks count
as well: a type that only a higher row has would tie the lower row to it all the same.
"""

import ast
import pathlib

import pytest

from gru_zoo.registry import TASKS
from tests.backends import only_on
from tests.paths import ROOT

pytestmark = only_on("torch", "the sources are the same on every backend")

# Rows from the bottom. A folder imports rows below its own and itself; what is said in ALSO too.
ROWS = (
    ("backend", "files"),
    ("audio", "layers", "ops", "plot", "presets", "text"),
    ("batching", "data", "export", "losses", "metrics"),
    ("decoding", "training"),
    ("base",),
    ("tasks",),
    ("__init__", "recipe", "registry"),
    ("commands",),
    ("__main__",),
)
ROW_OF = {part: row for row, parts in enumerate(ROWS) for part in parts}
ALSO = {
    ("layers", "ops"),  # layers are written in operations
    ("__init__", "registry"),
    ("recipe", "registry"),
    ("recipe", "__init__"),  # recipes load presets by the public names
}


def sources(folder: str) -> dict[str, pathlib.Path]:
    """The modules below a folder of the checkout, by dotted name."""
    names = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports_of(name: str, path: pathlib.Path, modules) -> set[str]:
    """The modules among `modules` that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {module for module in found if module in modules} - {name}


PACKAGE = sources("gru_zoo")
ARROWS = {name: imports_of(name, path, PACKAGE) for name, path in PACKAGE.items()}


def part_of(module: str) -> str:
    """The folder or file directly below gru_zoo that a module belongs to."""
    return (module.split(".") + ["__init__"])[1]


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other (Tarjan 1972, Depth-First Search)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in arrows[name]:
            if other not in index:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == index[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            groups.append(sorted(group))

    for name in arrows:
        if name not in index:
            visit(name)
    return [group for group in groups if len(group) > 1]


def test_every_folder_has_a_row():
    assert {part_of(name) for name in PACKAGE} == set(ROW_OF)


@pytest.mark.parametrize("name", PACKAGE)
def test_imports_go_down(name):
    here = part_of(name)
    for other in ARROWS[name]:
        there = part_of(other)
        down = ROW_OF[there] < ROW_OF[here] or (here, there) in ALSO
        assert down or here == there, f"{name} imports {other}, which is not below it"


def test_no_task_imports_another():
    for name, others in ARROWS.items():
        if name.startswith("gru_zoo.tasks."):
            task = name.split(".")[2]
            foreign = {o for o in others if o.startswith("gru_zoo.tasks.")} - {"gru_zoo.tasks"}
            assert {other.split(".")[2] for other in foreign} <= {task}, name


def test_no_modules_import_each_other():
    assert not circles(ARROWS)


@pytest.mark.parametrize(
    "folder", sorted(p.name for p in (ROOT / "recipes").iterdir() if p.is_dir())
)
def test_no_scripts_of_a_recipe_import_each_other(folder):
    scripts = {name: path for name, path in sources(f"recipes/{folder}").items()}
    arrows = {name: imports_of(name, path, scripts) for name, path in scripts.items()}
    assert any(arrows.values()) and not circles(arrows)
    importers = [name for name, others in arrows.items() if f"recipes.{folder}.train" in others]
    assert not importers, "what train.py shares belongs into settings.py or prepare.py"


@pytest.mark.parametrize("task", TASKS)
def test_a_task_has_the_equal_names(task):
    for module in ("task", "model", "processor"):
        assert (ROOT / "gru_zoo" / "tasks" / task / f"{module}.py").is_file()
    for file in ("train.py", "settings.py", "prepare.py", "card_texts.py", "README.md"):
        assert (ROOT / "recipes" / task / file).is_file()
    assert (ROOT / "tests" / "tasks" / task).is_dir()
    assert TASKS[task].location.startswith(f"gru_zoo.tasks.{task}.task:")


def test_there_are_no_other_tasks():
    for folder in (ROOT / "gru_zoo" / "tasks", ROOT / "recipes", ROOT / "tests" / "tasks"):
        found = {path.name for path in folder.iterdir() if path.is_dir()} - {"__pycache__"}
        assert found == set(TASKS), folder


def test_files_and_functions_are_short():
    for name, path in PACKAGE.items():
        text = path.read_text(encoding="utf-8")
        limit = 360 if name.endswith((".task", ".gru")) else 300
        assert text.count("\n") <= limit, f"{name}: split it, see CONTRIBUTING.md"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                assert lines <= 60, f"{name}.{node.name} has {lines} lines"
