"""Tests of the catalogues: everything that customers read is translated, whole and with nothing left out.

Sentences are found where they are used: `_()` and `ngettext()` in templates, `.translate()` and
`.translate_plural()` in code. Each page has its own catalogue; a sentence on two pages has one translation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from core.link_budget import Excess
from store.evidence.refusals import Fault

ROOT = Path(__file__).parents[3]
LOCALES = ROOT / "cards" / "locale"
TRANSLATED = ("de", "fr", "es")
TEMPLATES = (ROOT / "cards", ROOT / "web")
CODE = (ROOT / "cards", ROOT / "web")
ROOMS = (*CODE, ROOT / "core", ROOT / "store", ROOT / "handlers", ROOT / "scheduler", ROOT / "bot")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%")
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_SAID = {"translate": 1, "translate_plural": 2}

Said = tuple[str, ...]
"""A sentence, or the one for one and the one for many."""


def sentences() -> dict[Said, str]:
    """Everything said, with the place where it is said."""
    return dict((*_in_templates(), *_in_code(), *_of_refusals()))


def _in_templates() -> Iterator[tuple[Said, str]]:
    for folder in TEMPLATES:
        for file in sorted([*folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]):
            with file.open("rb") as opened:
                options = {"trimmed": "true", "silent": "false"}
                for line, _, message, _ in babel_extract(opened, list(_KEYWORDS), [], options):
                    forms = message if isinstance(message, tuple) else (message,)
                    said = tuple(form for form in forms if form is not None)
                    yield said, f"{file.relative_to(ROOT)}:{line}"


def _in_code() -> Iterator[tuple[Said, str]]:
    for folder in CODE:
        for file in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if said := _said_by(node):
                    yield said, f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _of_refusals() -> Iterator[tuple[Said, str]]:
    for fault in Fault:
        yield (fault.value,), f"store/evidence/refusals.py: {fault.name}"
    for excess in Excess:
        yield (excess.value,), f"core/link_budget.py: {excess.name}"


def _said_by(node: ast.AST) -> Said:
    """A call of `translate` or `translate_plural`, as a method or by its bare name."""
    if not isinstance(node, ast.Call):
        return ()
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return tuple(texts[: _SAID[name]]) if name in _SAID and texts else ()


def _written_anywhere() -> set[str]:
    nodes = (
        node
        for folder in ROOMS
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    )
    return {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def catalogues(language: str) -> dict[str, Catalog]:
    found = {}
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as opened:
            found[file.name] = read_po(opened, locale=language, abort_invalid=True)
    return found


def messages(language: str) -> Iterator[tuple[str, Message]]:
    for name, catalogue in catalogues(language).items():
        yield from ((name, message) for message in catalogue if message.id)


def forms(text: object) -> Said:
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[arg-type]


def placeholders(text: str) -> list[str]:
    return sorted(found[0] for found in _PLACEHOLDER.finditer(text))


def test_sentences_are_found_at_all() -> None:
    found = sentences()
    assert ("We need something from you",) in found, "in a template"
    assert ("Disputed amount",) in found, "in code"


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_customers_read_is_translated(language: str) -> None:
    known = {
        forms(message.id)
        for _, message in messages(language)
        if all(forms(message.string)) and not message.fuzzy
    }
    missing = [f"{where}: {said[0]!r}" for said, where in sentences().items() if said not in known]
    assert not missing, f"{len(missing)} not said in {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    said = sentences()
    left = [
        f"{name}: {message.id!r}" for name, message in messages(language) if forms(message.id) not in said
    ]
    assert not left, "Take these out:\n" + "\n".join(left)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_values_in_it(language: str) -> None:
    """In its singular a count may be left out: `one file`."""
    for name, message in messages(language):
        wanted = placeholders(forms(message.id)[-1])
        *singular, plural = forms(message.string)
        assert placeholders(plural) == wanted, f"{name}: {plural!r}"
        for one in singular:
            assert set(wanted) - {"%(count)s"} <= set(placeholders(one)) <= set(wanted), f"{name}: {one!r}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_same_sentence_is_translated_alike_everywhere(language: str) -> None:
    seen: dict[Said, tuple[str, Said]] = {}
    for name, message in messages(language):
        first_place, first = seen.setdefault(forms(message.id), (name, forms(message.string)))
        assert forms(message.string) == first, f"{message.id!r} differs between {first_place} and {name}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_no_stray_blanks(language: str) -> None:
    for name, message in messages(language):
        for source, translated in zip(forms(message.id), forms(message.string), strict=False):
            assert translated == translated.strip() or source != source.strip(), f"{name}: {translated!r}"
            assert "  " not in translated, f"{name}: {translated!r}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_the_plural_rule_of_its_language(language: str) -> None:
    """Two forms, for one and for many: files declare when each is meant, and we ask babel's locale."""
    for name, catalogue in catalogues(language).items():
        assert catalogue.num_plurals == 2, name
        form_of = c2py(catalogue.plural_expr)
        for count in (*range(130), 10**6, 2 * 10**6):
            is_one = Locale.parse(language).plural_form(count) == "one"
            assert form_of(count) == (0 if is_one else 1), f"{name}: {count}"


def test_customers_of_every_language_are_addressed_politely() -> None:
    rude = {"de": r"\b(du|dich|dir|dein\w*)\b", "fr": r"\b(tu|toi|ton|tes)\b", "es": r"\b(tú|tus|te)\b"}
    for language, pattern in rude.items():
        for name, message in messages(language):
            for text in forms(message.string):
                assert not re.search(pattern, text.casefold()), f"{language}/{name}: {text!r}"
