"""Verification that no timeline was altered: every case, from its first entry on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from bot.terminal import safe_text
from core.ids import FIRST_NUMBER, case_id_of, number_of
from store.engine import Store
from store.transaction import Transaction

CHUNK = 200
"""Cases in one read: few enough not to delay other work, enough to be quick."""

MOST_FAILURES = 1_000
"""Numbers in a row that can't be read; then nothing more is expected."""

ReportProgress = Callable[[int], None]
"""Called after each chunk with the number of cases done so far."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`meaning` is a sentence about what no longer matches."""

    case_id: str
    meaning: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    cases: int
    problems: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        return not self.problems

    @property
    def exit_status(self) -> int:
        return 0 if self.is_clean else 1


def verify(store: Store, report: ReportProgress = lambda done: None) -> VerifyResult:
    """Verify every case, closed ones too, and timelines whose case is gone.

    Cases raised while it runs may or may not be included.
    """
    problems: list[Problem] = []
    done = 0
    for case_ids in _chunks(store, problems):
        problems += _read_problems(store, case_ids)
        done += len(case_ids)
        report(done)
    try:
        problems += store.read_blocking(_problems_of_strays)
    except Exception as trouble:
        problems.append(Problem("", f"Timelines without a case can't be looked for: {trouble}"))
    return VerifyResult(done, tuple(problems))


def print_verdict(store: Store) -> int:
    """For the command line: progress on standard error, the verdict on standard output. The exit status."""
    with Progress(
        TextColumn("{task.completed} cases looked at"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("verify", total=None)
        result = verify(store, lambda done: progress.update(task, completed=done))
    console = Console(highlight=False, soft_wrap=True)
    for problem in result.problems:
        console.print(safe_text(problem.meaning), style="red", markup=False)
    console.print(verdict(result), style="green" if result.is_clean else "bold red", markup=False)
    return result.exit_status


def verdict(result: VerifyResult) -> str:
    """The result in a sentence, and what to do."""
    looked_at = f"{result.cases} case" if result.cases == 1 else f"{result.cases} cases"
    if result.is_clean:
        return f"{looked_at} verified: nothing was altered."
    damaged = len({problem.case_id for problem in result.problems})
    return (
        f"{looked_at} verified: {damaged} not as they were written. Somebody or something changed the "
        "database past Ombud. Keep it as it is, and compare it with a backup."
    )


def _chunks(store: Store, problems: list[Problem]) -> Iterator[Sequence[str]]:
    """The ids of all cases. Where the list itself can't be read, numbers are tried one after the other."""
    after: str | None = None
    size, failures = CHUNK, 0
    while failures < MOST_FAILURES:
        try:
            case_ids = store.read_blocking(_next_chunk, after, size)
        except Exception as trouble:
            if size > 1:
                size = 1
                continue
            failures += 1
            after = case_id_of(FIRST_NUMBER if after is None else number_of(after) + 1)
            problems.append(_unreadable(after, trouble))
            continue
        if not case_ids:
            return
        yield case_ids
        after, size, failures = case_ids[-1], CHUNK, 0


def _next_chunk(tx: Transaction, after: str | None, size: int) -> Sequence[str]:
    return tx.timeline.list_case_ids(after, size)


def _read_problems(store: Store, case_ids: Sequence[str]) -> list[Problem]:
    """What no longer matches, in each case alone where they can't be read together."""
    try:
        return store.read_blocking(_problems_of, case_ids)
    except Exception as trouble:
        if len(case_ids) == 1:
            return [_unreadable(case_ids[0], trouble)]
    return [problem for case_id in case_ids for problem in _read_problems(store, [case_id])]


def _unreadable(case_id: str, trouble: Exception) -> Problem:
    return Problem(case_id, f"{case_id} can't be read: {trouble}")


def _problems_of(tx: Transaction, case_ids: Sequence[str]) -> list[Problem]:
    return [Problem(case_id, meaning) for case_id in case_ids for meaning in tx.timeline.verify(case_id)]


def _problems_of_strays(tx: Transaction) -> list[Problem]:
    """A timeline without its case: the case was deleted."""
    stray_ids = list(tx.timeline.list_stray_case_ids())
    return _problems_of(tx, stray_ids)
