"""Renderer of mails: from a view to subject, text and HTML.

`words/<kind>.txt` has a mail's text in parts (Jinja blocks). `frame.txt` and `frame.html` lay the same parts
out, so that text and HTML never differ in what they say. An administrator's template replaces ours of the
same name; it may begin with `{% extends "ours/words/received.txt" %}` and change a single block.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import lru_cache

from css_inline import CSSInliner
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from cards.customer.language import translator_for
from cards.email.mail_view import Mail, MailText, MailView
from cards.sanitize import clean_line, clean_text

PARTS = (
    "subject",
    "headline",
    "greeting",
    "lead",
    "quote_title",
    "wanted_title",
    "rest",
    "button",
    "how_to_reply",
    "footer",
)
_WIDTH = 72
UNWRAPPED = 1_000_000
"""A width for text without line breaks inside a paragraph: the client wraps it."""
_inliner = CSSInliner(load_remote_stylesheets=False)


class Templates:
    """Our templates, replaced by an administrator's of the same name; `overrides` are their texts by name."""

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        loaders: list[BaseLoader] = [DictLoader(dict(overrides or {}))] if overrides else []
        ours = PackageLoader("cards.email", "templates")
        self._environment = Environment(
            loader=ChoiceLoader([*loaders, ours, PrefixLoader({"ours": ours})]),
            autoescape=select_autoescape(("html",), default_for_string=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["wrapped"] = _wrapped
        self._environment.filters["indented"] = _indented
        self._environment.filters["lines"] = str.splitlines

    def render(self, view: MailView, *, width: int = _WIDTH) -> Mail:
        """Render the mail, its text wrapped at `width` characters.

        Raises:
            jinja2.TemplateError: an administrator's template is wrong.
        """
        words = self._words(view)
        parts = {part: words.paragraphs(part) for part in PARTS}
        translator = translator_for(view.language)
        given = {
            "view": view,
            "words": words,
            "parts": parts,
            "lang": view.language,
            "width": width,
            "_": translator.translate,
        }
        html = self._environment.get_template("frame.html").render(given)
        text = self._environment.get_template("frame.txt").render(given)
        subject = words.line("subject")
        if view.is_about_a_case:
            subject = f"[{view.values['case']}] {subject}"
        return Mail(
            subject=clean_line(subject), text=_tidy(text), html=self._styled(html), language=view.language
        )

    def _styled(self, html: str) -> str:
        """Inline the styles, because many clients read no others. Media queries can't be: they stay in a
        `<style>` element."""
        screens = self._environment.get_template("screens.html").render()
        return _inliner.inline(html).replace("<!-- screens -->", screens, 1)

    def _words(self, view: MailView) -> MailText:
        """The text of each block of the kind's template.

        The whole template is rendered once, because only then does Jinja find the blocks that it inherits.
        """
        translator = translator_for(view.language)
        given = {
            **view.values,
            "wanted": view.wanted,
            "is_own_wish": view.is_own_wish,
            "url": view.url,
            "_": translator.translate,
            "ngettext": translator.translate_plural,
        }
        template = self._environment.get_template(f"words/{view.kind}.txt")
        context = template.new_context(given)
        for _ in template.root_render_func(context):
            pass
        said = {part: "".join(context.blocks[part][0](context)) for part in PARTS if part in context.blocks}
        return MailText({part: _paragraphs(text) for part, text in said.items()})


@lru_cache(maxsize=1)
def default_templates() -> Templates:
    return Templates()


def _paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs, each with its lines joined: line breaks in a template have no meaning."""
    return tuple(filter(None, (clean_line(part) for part in clean_text(text).split("\n\n"))))


@pass_context
def _wrapped(context: Context, text: str, indent: str = "", first: str | None = None) -> str:
    return textwrap.fill(
        text,
        context["width"],
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


@pass_context
def _indented(context: Context, text: str, indent: str = "    ") -> str:
    """A person's own lines, each wrapped separately."""
    return "\n".join(_wrapped(context, line, indent) if line else "" for line in text.splitlines())


def _tidy(text: str) -> str:
    """At most one empty line in a row, none at the ends."""
    lines: list[str] = []
    for line in (line.rstrip() if line != "-- " else line for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
