"""Tests of the project as a whole: what ships, what is pinned, what its documents name."""

import ast
import fnmatch
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
NOT_OURS = re.compile(r"\.git|\.venv|var|build|dist|__pycache__|.*_cache|\.hypothesis|.*\.egg-info")

# A letter in brackets keeps this file from failing its own test.
REGISTRY = re.compile(r"py[p]i\.(org|io)|python[h]osted|npm[j]s\.(org|com)|deb[i]an\.org")
MACHINE_PATH = re.compile(r"/roo[t]/|/hom[e]/\w|/User[s]/\w|/wor[k]/\w|/opt/py[p]i")

# What we say instead: dispute, resolver, escalation, approval, person.
STRANGE_WORDS = {"complaint", "agent", "assignee", "bump", "signoff", "user"}


def our_files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if NOT_OURS.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from our_files(path)
        else:
            yield path


def our_texts() -> Iterator[tuple[str, str]]:
    for path in our_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def requirements() -> list[str]:
    """Each pinned requirement with its hashes, on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    return text.replace("\\\n", "").splitlines()


def names_in(source: str) -> Iterator[str]:
    """Every name that the source binds: functions, classes, arguments, variables and fields."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case (
                ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_the_lock_pins_every_requirement_exactly_and_by_hash() -> None:
    pinned = re.compile(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}")
    assert requirements()
    assert [line for line in requirements() if not pinned.match(line)] == []


def test_the_lock_names_no_address_and_no_index() -> None:
    assert not re.search(r"://|^\s*-(?!-hash)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


def test_the_lock_has_all_that_the_project_declares() -> None:
    groups = PROJECT["dependency-groups"]
    declared = [*PROJECT["project"]["dependencies"], *groups["test"], *groups["build"]]
    names = {re.split(r"[\[<>=;, ]", requirement)[0].lower() for requirement in declared}
    assert names - {line.split("==")[0] for line in requirements()} == set()


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in our_texts() if REGISTRY.search(text)] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert [name for name, text in our_texts() if MACHINE_PATH.search(text)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_opens_with_the_question_it_answers(room: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    assert docstring is not None
    assert "?" in docstring.splitlines()[0]


@pytest.mark.parametrize("room", ["core", "handlers", "store"])
def test_a_room_keeps_to_the_vocabulary(room: str) -> None:
    strange = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in our_files(ROOT / room)
        if path.suffix == ".py"
        for name in names_in(path.read_text())
        if words_of(name) & STRANGE_WORDS
    }
    assert strange == set()


def test_every_room_is_under_the_import_contracts_and_the_type_checker() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(ROOMS)
    assert set(PROJECT["tool"]["mypy"]["files"]) == {*ROOMS, "tests"}


def test_the_wheel_carries_every_file_of_every_room(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        shipped = set(wheel.namelist())
    ours = {str(path.relative_to(ROOT)) for room in ROOMS for path in our_files(ROOT / room)}
    assert ours - shipped == {"connectors/ruff.toml"}


@pytest.mark.parametrize("path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_says_why_what_follows_and_what_holds_it(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Check"]
    assert len(text.splitlines()) <= 50, "half a page"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_file_that_a_document_names_exists() -> None:
    ours = [path.relative_to(ROOT) for path in our_files()]
    folders = {str(folder) for path in ours for folder in path.parents}
    known = {str(path) for path in ours} | folders | {path.name for path in ours}
    named = re.compile(r"`((?:" + "|".join([*ROOMS, "tests", "docs", "tools"]) + r")/[\w/.*-]+|[\w*]+\.py)`")
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "CONTRIBUTING.md", ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for name in named.findall(path.read_text())
        if not fnmatch.filter(known, name.rstrip("/"))
    }
    assert missing == set()
