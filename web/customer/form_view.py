"""View of the dispute form: mistakes, reasons, the evidence that each asks for, the files uploaded so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from babel import Locale
from babel.numbers import format_decimal

from cards.customer.language import Translator
from core.policy import Policy, Reason
from core.uploaded_file import OTHER_KIND, File, FileState
from handlers.submit_form import offered_reasons

MOST_BY_STYLE = 16
"""Number of reasons for which the style sheet can show what each asks for; evidence of later ones is always
shown."""
_HOURS_A_DAY = 24
_TARGETS = {"reason": "reason-1", "lines": "line-1"}
"""Ids to which the summary links for fields that are several inputs; other fields have their name as id."""
_FILES_STEP = "step-files"
_AFTER_FILES = ("contact", "email")
"""Fields below the files on the page."""
_SHOWN = (FileState.READY, FileState.HELD, FileState.UPLOADING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A line of the summary at the top; `target` is the id of the element that it links to."""

    text: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    id: str
    label: str
    explanation: str
    asks: bool
    """Whether it asks for evidence."""
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalText:
    """A text shown for some reasons only; its CSS `classes` say for which."""

    text: str
    classes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    id: str
    name: str
    kind: str
    size: int
    state: str
    note: str
    ending: str
    preview_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The upload field for one kind of evidence, and its files."""

    kind: str
    number: int
    classes: str
    labels: tuple[ConditionalText, ...]
    files: list[UploadView] = field(default_factory=list)


def mistakes(wrong: Mapping[str, str], refused: Sequence[str]) -> list[Mistake]:
    """The summary of wrong fields and files, in the order of the page."""
    by_field = {name: Mistake(text=text, target=_TARGETS.get(name, name)) for name, text in wrong.items()}
    return [
        *(one for name, one in by_field.items() if name not in _AFTER_FILES),
        *(Mistake(text=text, target=_FILES_STEP) for text in refused),
        *(one for name, one in by_field.items() if name in _AFTER_FILES),
    ]


def reason_views(policy: Policy, translator: Translator, chosen: str) -> list[ReasonView]:
    views = []
    for reason in offered_reasons(policy):
        words = reason.translated_to(translator.language)
        views.append(
            ReasonView(
                id=reason.id,
                label=words.label,
                explanation=words.explanation,
                asks=bool(reason.required_evidence),
                is_chosen=reason.id == chosen,
            )
        )
    return views


def slots(policy: Policy, translator: Translator, files: Sequence[UploadView], chosen: str) -> list[Slot]:
    """One slot for each kind of evidence that any reason asks for, and one for everything else.

    A file is in the slot of its kind, or in the last one if the chosen reason doesn't ask for that kind.
    """
    labels: dict[str, dict[str, list[int]]] = {}
    for number, reason in enumerate(offered_reasons(policy), 1):
        words = reason.translated_to(translator.language)
        for wanted in reason.required_evidence:
            by_label = labels.setdefault(wanted.id, {})
            by_label.setdefault(words.evidence[wanted.id], []).append(number)
    made = [_slot(kind, number, by_label) for number, (kind, by_label) in enumerate(labels.items(), 1)]
    made.append(_slot_for_others(translator, len(made) + 1))
    wanted_now = _wanted(policy, chosen) or set(labels)
    for file in files:
        kind = file.kind if file.kind in wanted_now else OTHER_KIND
        next(slot for slot in made if slot.kind == kind).files.append(file)
    return made


def wait_notes(policy: Policy, translator: Translator) -> list[ConditionalText]:
    """How long we wait for evidence that isn't at hand: one text for each distinct waiting time."""
    by_hours: dict[int, list[int]] = {}
    for number, reason in enumerate(offered_reasons(policy), 1):
        if reason.required_evidence:
            by_hours.setdefault(reason.grace_hours, []).append(number)
    return [
        ConditionalText(text=_wait_words(translator, hours), classes=_classes(numbers))
        for hours, numbers in by_hours.items()
    ]


def upload_views(files: Sequence[File], translator: Translator, path: str) -> list[UploadView]:
    """The form's files; those that were refused or removed are left out."""
    return [
        upload_view(file, translator, path) for file in files if file.state in _SHOWN and file.case_id is None
    ]


def upload_view(file: File, translator: Translator, path: str) -> UploadView:
    size = size_words(translator, file.size)
    note = {
        FileState.HELD: translator.translate("%(size)s, uploaded. We still check it for viruses.", size=size),
        FileState.UPLOADING: translator.translate(
            "Only a part has arrived. Choose the file again to go on.", size=size
        ),
    }
    return UploadView(
        id=file.id,
        name=file.name,
        kind=file.kind,
        size=file.size,
        state=file.state.value,
        note=note.get(file.state, translator.translate("%(size)s, uploaded", size=size)),
        ending=file.name.rpartition(".")[2][:4].upper(),
        preview_url=f"{path}/files/{file.id}/preview" if _has_picture(file) else None,
    )


def size_words(translator: Translator, size: int) -> str:
    """`840 KB`, `3.2 MB`."""
    if size < 1_000_000:
        return translator.translate("%(size)s KB", size=translator.number(max(1, round(size / 1000))))
    locale = Locale.parse(translator.tag, sep="-")
    return translator.translate("%(size)s MB", size=format_decimal(size / 1_000_000, "0.#", locale))


def _has_picture(file: File) -> bool:
    return file.has_preview and file.state is FileState.READY


def _wanted(policy: Policy, chosen: str) -> set[str]:
    reason: Reason | None = policy.reasons.get(chosen)
    return {one.id for one in reason.required_evidence} if reason else set()


def _slot(kind: str, number: int, by_label: dict[str, list[int]]) -> Slot:
    numbers = [one for of_label in by_label.values() for one in of_label]
    texts = tuple(
        ConditionalText(text=label, classes=_classes(of_label) if len(by_label) > 1 else "")
        for label, of_label in by_label.items()
    )
    return Slot(kind=kind, number=number, classes=_classes(numbers), labels=texts)


def _slot_for_others(translator: Translator, number: int) -> Slot:
    labels = (
        ConditionalText(text=translator.translate("Anything that shows what you mean"), classes="need-none"),
        ConditionalText(text=translator.translate("Anything else that helps"), classes="need-some"),
    )
    return Slot(kind=OTHER_KIND, number=number, classes="slot-other", labels=labels)


def _classes(numbers: Sequence[int]) -> str:
    """CSS classes by which an element appears for these reasons, counted from one."""
    known = [f"need-{number}" for number in numbers if number <= MOST_BY_STYLE]
    more = ["need-more"] if len(known) < len(numbers) else []
    return " ".join(["need", *known, *more])


def _wait_words(translator: Translator, hours: int) -> str:
    if hours % _HOURS_A_DAY:
        wait = translator.translate_plural(
            "We wait one hour for it.", "We wait %(count)s hours for it.", hours
        )
    else:
        wait = translator.translate_plural(
            "We wait one day for it.", "We wait %(count)s days for it.", hours // _HOURS_A_DAY
        )
    first = translator.translate("Not at hand? Send the form now and add it later.")
    return f"{first} {wait} {translator.translate('After that we start without it.')}"
