"""Keep the rules of the house: who may import whom, who owns which library, where SQL stands."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Lowest first; rooms of one step do not import each other unless FRIENDS says so.
LADDER = (
    ("language",),
    ("errors", "selection", "records", "places", "settings"),
    ("sources", "statistics"),
    ("checking",),
    ("warehouse", "intake", "workspace"),
    ("anonymity",),
    ("metrics", "publish", "backup"),
    ("analyses", "jobs"),
    ("figures", "exports"),
    ("ui",),
)
ON_TOP = {"demo", "__main__"}  # the command line wires everything but the screen
FRIENDS = {
    ("settings", "errors"),
    ("settings", "places"),
    ("errors", "language"),
    ("records", "errors"),
    ("places", "errors"),
    ("selection", "records"),
    ("exports", "figures"),
}
PAGE_IMPORTS = ("streamlit", "sq.selection", "sq.analyses", "sq.figures", "sq.exports", "sq.jobs", "sq.ui")
OWNERS = {
    "python_calamine": {"sources"},
    "openpyxl": {"sources"},
    "charset_normalizer": {"sources"},
    "duckdb": {"anonymity", "intake", "publish", "warehouse"},
    "scipy": {"statistics"},
    "highspy": {"statistics"},
    "statsmodels": {"statistics"},
    "threadpoolctl": {"statistics"},
    "plotly": {"figures"},
    "streamlit": {"ui"},
    "xlsxwriter": {"exports", "demo", "sources"},
    "pptx": {"exports"},
    "lxml": {"exports"},
    "typer": {"__main__"},
    "babel": {"language"},
    "rjieba": {"publish"},
    "sqlalchemy": {"workspace"},
    "alembic": {"workspace"},
    "psycopg": {"workspace"},
}
SQL_HOMES = {"anonymity", "intake", "publish", "warehouse", "metrics", "rollups"}
QUERY_HOMES = {"anonymity", "intake", "publish", "warehouse", "workspace"}
BANNED_NAMES = {"app", "utils", "util", "helpers", "helper", "core", "common", "misc", "tools", "base", "lib", "types"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET|CREATE\s+\w*\s*(TABLE|VIEW))\b", re.S
)


def _room(path: Path) -> str:
    """The room a file of sq belongs to: sq/intake.py → intake, sq/intake_views.py → intake, sq/ui/x.py → ui."""
    first = path.relative_to(ROOT / "sq").parts[0].removesuffix(".py")
    known = {name for step in LADDER for name in step} | ON_TOP
    return next(
        (name for name in sorted(known, key=len, reverse=True) if first == name or first.startswith(name + "_")), first
    )


def _sources(folder: str = "sq") -> list[Path]:
    return sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "sq":
                yield from ((f"sq.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def _module_level_imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)


def _step(room: str) -> int:
    return next((i for i, step in enumerate(LADDER) if room in step), len(LADDER))


def _where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_module_has_a_place_on_the_ladder() -> None:
    known = {name for step in LADDER for name in step} | ON_TOP | {"__init__", "rollups", "locale"}
    strangers = [str(p.relative_to(ROOT)) for p in _sources() if _room(p) not in known]
    assert strangers == []


def test_imports_go_down_only() -> None:
    wrong = []
    for path in _sources():
        room = _room(path)
        for name, line in _imports(_tree(path)):
            if not name.startswith("sq."):
                continue
            other = _room(ROOT / "sq" / (name.split(".")[1] + ".py"))
            if other == room or (room, other) in FRIENDS:
                continue
            if room in ON_TOP and other not in {"ui", "__main__"}:
                continue
            if _step(other) >= _step(room):
                wrong.append(f"{_where(path, line)}: {room} imports {other}")
    assert wrong == []


def test_the_simulated_chain_knows_nothing_of_the_product_but_words_and_records() -> None:
    allowed = {"sq.language", "sq.records", "sq.errors", "sq.places"}
    wrong = [
        f"{_where(path, line)}: {name}"
        for path in _sources()
        if _room(path) == "demo"
        for name, line in _imports(_tree(path))
        if name.startswith("sq.") and name not in allowed and not name.startswith("sq.demo")
    ]
    assert wrong == []


def test_every_library_has_one_owner() -> None:
    wrong = [
        f"{_where(path, line)}: {_room(path)} imports {name}"
        for path in _sources()
        for name, line in _imports(_tree(path))
        if name.split(".")[0] in OWNERS and _room(path) not in OWNERS[name.split(".")[0]]
    ]
    assert wrong == []


def test_scipy_and_statsmodels_are_not_imported_at_start() -> None:
    wrong = [
        _where(path, line)
        for path in _sources()
        for name, line in _module_level_imports(_tree(path))
        if name.split(".")[0] == "statsmodels" or name.startswith("scipy.stats")
    ]
    assert wrong == []


def test_sql_is_run_only_by_its_owners() -> None:
    wrong = [
        _where(path, node.lineno)
        for path in _sources()
        if _room(path) not in QUERY_HOMES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "executemany"}
    ]
    assert wrong == []


def test_sql_is_written_only_in_its_homes() -> None:
    wrong = [
        _where(path, node.lineno)
        for path in _sources()
        if _room(path) not in SQL_HOMES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert wrong == []


VALUE_FOLLOWS = re.compile(r"('|(=|<|>|\bLIKE|\bBETWEEN|\bVALUES\s*\()\s*)$", re.I)


def test_no_value_is_put_into_sql_by_an_f_string() -> None:
    wrong = [
        _where(path, node.lineno)
        for path in _sources()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.JoinedStr) and _takes_a_value(node)
    ]
    assert wrong == []


def _takes_a_value(text: ast.JoinedStr) -> bool:
    """Whether an f-string that is SQL has a placeholder where SQL expects a value (identifiers are allowed)."""
    words = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in text.values)
    if not SQL.search(words):
        return False
    before = [
        p.value for p, q in pairwise(text.values) if isinstance(p, ast.Constant) and isinstance(q, ast.FormattedValue)
    ]
    return any(VALUE_FOLLOWS.search(str(literal)) for literal in before)


def _pages() -> list[Path]:
    return _sources("pages")


@pytest.mark.parametrize("path", _pages(), ids=lambda p: p.stem)
def test_a_page_imports_only_what_a_page_may(path: Path) -> None:
    standard = {"__future__", "datetime", "dataclasses", "collections.abc", "typing", "functools"}
    wrong = [
        f"{_where(path, line)}: {name}"
        for name, line in _imports(_tree(path))
        if name not in standard and not any(name == p or name.startswith(p + ".") for p in PAGE_IMPORTS)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", _pages(), ids=lambda p: p.stem)
def test_a_page_opens_itself_so_that_a_shared_link_works(path: Path) -> None:
    calls = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    opened = [
        ast.literal_eval(c.args[0])
        for c in calls
        if isinstance(c.func, ast.Name) and c.func.id == "open_page" and c.args
    ]
    assert opened == [path.stem]


def test_every_page_is_on_the_site_map() -> None:
    from sq.ui.sitemap import SITE_MAP

    assert {path.stem for path in _pages()} <= {page.key for section in SITE_MAP for page in section.pages}


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [str(p.relative_to(ROOT)) for p in [*_sources(), *_sources("pages")] if p.stem in BANNED_NAMES]
    assert wrong == []


def test_no_function_is_called_get_something() -> None:
    wrong = [
        f"{_where(path, node.lineno)}: {node.name}"
        for path in [*_sources(), *_sources("pages")]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.lstrip("_").startswith("get_")
    ]
    assert wrong == []


def test_functions_stay_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in [*_sources(), *_sources("pages")]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 10, "the median function"
    assert lengths[len(lengths) * 9 // 10] <= 30, "nine of ten functions"
    assert lengths[-1] <= 80, "the longest function"
