"""The house rules that a program can check: direction of imports, size, docstrings, clean lock files."""

import ast
import graphlib
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("model", "experiments", "analysis", "untact")
"""From the lowest to the highest: a package imports only itself and those before it."""
MODEL_LAYERS = ("rules", "agents", "channels", "levers", "engine", "schedule", "economy")
"""The same inside the model; every other module of the model lies below these."""
REFERENCE_MAY_IMPORT = {"model", "model.streams", "model.parameters"}
SLOW_IMPORTS = ("mesa", "scipy.stats", "matplotlib.pyplot", "pandas", "duckdb")

MACHINE_PATH = re.compile(r"(?<![\w.$}-])/(root|work|home|Users|opt|mnt|tmp)/\w")
TEXT_KINDS = {".py", ".md", ".toml", ".lock", ".csv", ".html", ".css", ".js", ".cff", ".json", ""}
LOCK_LINE = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^:/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of ours that a file imports anywhere in it, with the line of each."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if is_module(name) else str(node.module) for name in within]
        else:
            continue
        yield from ((name, node.lineno) for name in names if name.split(".")[0] in PACKAGES)


def rank(module: str) -> tuple[int, int]:
    """Height of a module: first of its package, then of its layer inside the model."""
    package, _, rest = module.partition(".")
    layer = rest.split(".")[0]
    height = MODEL_LAYERS.index(layer) + 1 if package == "model" and layer in MODEL_LAYERS else 0
    return PACKAGES.index(package), height


def where(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(parse(path)) if isinstance(node, Function))


def length_without_docstring(function: Function) -> int:
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return length
    docstring = function.body[0]
    return length - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_imports_point_one_way() -> None:
    upward = [
        where(path, line, f"{module_name(path)} imports {imported}, which lies above it")
        for path in sources(*PACKAGES)
        for imported, line in imports(path)
        if rank(imported) > rank(module_name(path))
    ]
    assert not upward, "\n".join(upward)


def test_no_module_imports_itself_through_others() -> None:
    graph = {module_name(path): {name for name, _ in imports(path)} for path in sources(*PACKAGES)}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # a cycle raises and is named
    assert len(order) >= len(graph)


def test_no_relative_imports() -> None:
    relative = [
        where(path, node.lineno, "relative import")
        for path in sources(*PACKAGES, "tests", "benchmarks")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]
    assert not relative, "\n".join(relative)


def test_the_reference_stays_independent_of_the_model() -> None:
    borrowed = [
        where(path, line, f"imports {imported}")
        for path in sources("tests/reference")
        for imported, line in imports(path)
        if imported not in REFERENCE_MAY_IMPORT
    ]
    assert not borrowed, "\n".join(borrowed)


def test_a_file_is_a_room() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in text_files({".py"})}
    long = [where(path, n, "file over 500 lines") for path, n in lengths.items() if n > 500]
    assert not long, "\n".join(long)


def test_a_function_is_a_paragraph() -> None:
    found = [(path, f, length_without_docstring(f)) for path in sources(*PACKAGES) for f in functions(path)]
    long = [where(path, f.lineno, f"{f.name} has {n} lines") for path, f, n in found if n > 80]
    assert not long, "\n".join(long)
    assert statistics.median(n for _, _, n in found) <= 10


def public_definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body)


def test_every_public_name_says_what_it_is() -> None:
    silent = [
        where(path, node.lineno, f"{node.name} has no docstring")
        for path in sources(*PACKAGES)
        for node in public_definitions(parse(path).body)
        if ast.get_docstring(node) is None
    ]
    assert not silent, "\n".join(silent)


def text_files(kinds: set[str]) -> Iterator[Path]:
    """Files of the project of these suffixes, without environments, caches and results."""
    tops = [path for path in sorted(ROOT.iterdir()) if path.name == ".ci" or path.name[0] != "."]
    for top in tops:
        inside = top.rglob("*") if top.is_dir() and top.name not in {"results", "build"} else [top]
        yield from (path for path in inside if path.suffix in kinds and path.is_file())


def test_no_path_of_one_machine() -> None:
    found = [
        where(path, number, line.strip()[:80])
        for path in text_files(TEXT_KINDS)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_names_versions_and_hashes_only(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if not LOCK_LINE.fullmatch(line)]


def locked_versions(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


def test_both_locks_agree_and_cover_what_is_declared() -> None:
    run, dev = locked_versions("requirements.lock"), locked_versions("requirements-dev.lock")
    assert run.items() <= dev.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    assert names <= run.keys()
    accounted_for = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    assert not [name for name in names if f"`{name}`" not in accounted_for]


def loaded_by(*arguments: str) -> set[str]:
    """Every module in memory once a command has ended well."""
    program = (
        f"import sys; sys.argv = ['untact', *{arguments!r}]\n"
        "from untact.cli.main import main\n"
        "try: main()\n"
        "finally: sys.stderr.write('loaded: ' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("loaded: ")[-1].split())


def test_help_loads_nothing_slow() -> None:
    assert not loaded_by("--help") & {*SLOW_IMPORTS, "numba", "pyarrow"}


def test_a_check_loads_nothing_slow() -> None:
    assert not loaded_by("check", "scenarios/plan_2020.toml") & set(SLOW_IMPORTS)
