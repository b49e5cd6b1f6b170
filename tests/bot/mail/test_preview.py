"""An administrator sees each mail as a customer would, and what is wrong with their templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.mail.preview import CannotPreview, preview_mail
from bot.mail.templates import BadTemplates, failing_templates, read_templates
from bot.policy.reader import read_policy
from bot.settings import Settings
from cards.email.mail_view import MailKind

POLICY = Path(__file__).parents[3] / "policy.yaml"


def settings(templates: Path | None = None) -> Settings:
    return Settings(_env_file=None, policy_file=POLICY, mail_templates=templates)


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_can_be_previewed_with_the_example_policy(kind: MailKind) -> None:
    shown = preview_mail(settings(), kind, "en", None)
    assert shown.startswith("Subject: ")
    assert "Brightwater Supplies" in shown


def test_the_html_goes_into_a_file(tmp_path: Path) -> None:
    preview_mail(settings(), "rejected", "de-AT", tmp_path / "mail.html")
    html = (tmp_path / "mail.html").read_text(encoding="utf-8")
    assert '<html lang="de-AT"' in html
    assert "Wir sehen es anders" in html


def test_on_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMBUD_ENV_FILE", "")
    monkeypatch.setenv("POLICY_FILE", str(POLICY))
    file = tmp_path / "mail.html"
    done = CliRunner().invoke(app, ["mail", "preview", "question", "--language", "es", "--html", str(file)])
    assert done.exit_code == 0
    assert "Necesitamos algo de usted" in done.output
    assert file.exists()


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [("nonsense", "en", "There are: received"), ("received", "pt", "en, de, fr, es")],
)
def test_what_there_isnt_is_answered_with_what_there_is(kind: str, language: str, said: str) -> None:
    with pytest.raises(CannotPreview, match=said):
        preview_mail(settings(), kind, language, None)


def test_a_template_of_ones_own_is_shown(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "words/received.txt",
        '{% extends "ours/words/received.txt" %}{% block lead %}Hi!{% endblock %}',
    )
    assert "\nHi!\n" in preview_mail(settings(tmp_path), "received", "en", None)


@pytest.mark.parametrize(
    "wrong", ["{% if %}", "{{ nobody_knows }}", "{{ 1 / 0 }}", '{% extends "gone.txt" %}']
)
def test_a_wrong_template_is_named_with_its_mistake(tmp_path: Path, wrong: str) -> None:
    _write(tmp_path, "words/received.txt", wrong)
    with pytest.raises(CannotPreview, match="The template of “received” is wrong"):
        preview_mail(settings(tmp_path), "received", "en", None)
    found = dict(failing_templates(read_templates(tmp_path), read_policy(POLICY)))
    assert list(found) == [MailKind.RECEIVED]


def test_a_folder_that_cant_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTemplates, match="there is no folder"):
        read_templates(tmp_path / "gone")
    (tmp_path / "frame.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadTemplates, match=r"frame\.txt can't be read"):
        read_templates(tmp_path)


def test_only_templates_are_read_from_the_folder(tmp_path: Path) -> None:
    _write(tmp_path, "notes.md", "{% if %}")
    _write(tmp_path, "words/old.txt.bak", "{% if %}")
    assert not list(failing_templates(read_templates(tmp_path), read_policy(POLICY)))


def _write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
