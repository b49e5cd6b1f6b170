"""Host page for Microsoft's renderer, in light, dark and high contrast as Teams has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.npm_packages import npm_package


@dataclass(frozen=True, slots=True)
class Theme:
    """`grounds` are the containers' own colours; the named text colours must be readable on all of them."""

    page: str
    ground: str
    text: str
    subtle: str
    accent: str
    good: str
    warning: str
    attention: str
    grounds: Mapping[str, str]
    line: str
    press: str


THEMES: Mapping[str, Theme] = {
    "light": Theme(
        page="#f5f5f5",
        ground="#ffffff",
        text="#242424",
        subtle="#616161",
        accent="#4f52b2",
        good="#13653a",
        warning="#6d4c00",
        attention="#b0203b",
        grounds={
            "emphasis": "#f5f5f5",
            "accent": "#e8ebfa",
            "good": "#e7f2da",
            "warning": "#fbf6d9",
            "attention": "#fcf0f2",
        },
        line="#d1d1d1",
        press="#5b5fc7",
    ),
    "dark": Theme(
        page="#141414",
        ground="#292929",
        text="#ffffff",
        subtle="#c8c8c8",
        accent="#b3b6ff",
        good="#92e0b4",
        warning="#f8d97a",
        attention="#ffa7b4",
        grounds={
            "emphasis": "#1f1f1f",
            "accent": "#2f2f4a",
            "good": "#12331f",
            "warning": "#463400",
            "attention": "#4a1620",
        },
        line="#5c5c5c",
        press="#7f85f5",
    ),
    "contrast": Theme(
        page="#000000",
        ground="#000000",
        text="#ffffff",
        subtle="#ffffff",
        accent="#1aebff",
        good="#3ff23f",
        warning="#ffff01",
        attention="#ff8f8f",
        grounds=dict.fromkeys(("emphasis", "accent", "good", "warning", "attention"), "#000000"),
        line="#ffffff",
        press="#1aebff",
    ),
}


def host_config(theme: Theme) -> dict[str, Any]:
    """As Teams sets it, as far as it is known: at most six actions, wrapping text, thin separators."""
    grounds = {"default": theme.ground, **theme.grounds}
    return {
        "fontFamily": "'Segoe UI', Stand-in, sans-serif",
        "fontSizes": {"small": 12, "default": 14, "medium": 16, "large": 18, "extraLarge": 24},
        "fontWeights": {"lighter": 300, "default": 400, "bolder": 600},
        "spacing": {"small": 4, "default": 8, "medium": 12, "large": 20, "extraLarge": 32, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": theme.line},
        "supportsInteractivity": True,
        "actions": {
            "maxActions": 6,
            "spacing": "medium",
            "buttonSpacing": 8,
            "showCard": {"actionMode": "inline", "inlineTopMargin": 12},
            "actionsOrientation": "horizontal",
            "actionAlignment": "left",
        },
        "containerStyles": {
            name: {"backgroundColor": ground, "foregroundColors": _foregrounds(theme)}
            for name, ground in grounds.items()
        },
        "factSet": {
            "title": {"weight": "Bolder", "wrap": True, "maxWidth": 140},
            "value": {"wrap": True},
            "spacing": 12,
        },
        "inputs": {
            "label": {
                "inputSpacing": 4,
                "requiredInputs": {"weight": "Bolder", "suffix": " *", "suffixColor": "Attention"},
                "optionalInputs": {"weight": "Bolder"},
            },
            "errorMessage": {"spacing": 4, "color": "Attention"},
        },
        "textStyles": {"heading": {"weight": "Bolder", "size": "Large"}},
        "textBlock": {"headingLevel": 2},
    }


def _foregrounds(theme: Theme) -> dict[str, dict[str, str]]:
    shown = {name: getattr(theme, name) for name in ("accent", "good", "warning", "attention")}
    plain = {"default": {"default": theme.text, "subtle": theme.subtle}}
    return plain | {name: {"default": color, "subtle": color} for name, color in shown.items()}


def page_html(theme: Theme) -> str:
    """A page on which `draw(card)` shows a card and says what the renderer thinks of it."""
    scripts = "\n".join(f"<script>{source}</script>" for source in _scripts())
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><style>{_css(theme)}</style>
<body><main></main>{scripts}
<script>const hostConfig = {json.dumps(host_config(theme))};{_DRAW}</script>"""


def _scripts() -> list[str]:
    files = (
        npm_package("adaptivecards") / "dist" / "adaptivecards.min.js",
        npm_package("markdown-it") / "dist" / "markdown-it.min.js",
    )
    return [file.read_text(encoding="utf-8").replace("</script", "<\\/script") for file in files]


_DRAW = """
const markdown = new markdownit();
let called = [];
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = called.reduce(
    (html, one) => html.replaceAll(markdown.utils.escapeHtml(one.text), person(one)), markdown.render(text));
  result.didProcess = true;
};
// Of what stands between <at> and </at>, Teams highlights exactly what the card's entities name.
function person(one) {
  return `<span class="mention" data-id="${one.mentioned.id}">${one.mentioned.name}</span>`;
}
function draw(json) {
  called = json.msteams?.entities ?? [];
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
  const context = new AdaptiveCards.SerializationContext();
  card.parse(json, context);
  const events = [...Array(context.eventCount).keys()].map(number => context.getEventAt(number).message);
  const box = document.createElement("article");
  document.querySelector("main").append(box);
  const drawn = card.render(box);
  if (!drawn) events.push("nothing was drawn");
  // Counted too are the actions behind the three dots, which stand in no row.
  const wrong = card.validateProperties().validationEvents
    .filter(one => one.event !== AdaptiveCards.ValidationEvent.TooManyActions).map(one => one.message);
  return { trouble: [...events, ...wrong] };
}
function said(json) {
  document.querySelector("main").replaceChildren();
  const report = draw(json);
  const box = document.querySelector("main");
  return { ...report, text: box.innerText, html: box.innerHTML };
}
"""


def _css(theme: Theme) -> str:
    """Teams' own font is narrower than what stands in for it where it isn't installed."""
    return f"""
@font-face {{ font-family: Stand-in; src: local("DejaVu Sans"); size-adjust: 90%; }}
@font-face {{ font-family: Stand-in; src: local("DejaVu Sans Bold"); font-weight: 600; size-adjust: 88%; }}
body {{ margin: 0; background: {theme.page}; font-family: 'Segoe UI', Stand-in, sans-serif; }}
main {{ display: grid; gap: 16px; padding: 16px; justify-items: start; }}
article {{ box-sizing: border-box; width: 100%; background: {theme.ground}; color: {theme.text};
  border: 1px solid {theme.line}; border-radius: 6px; overflow: hidden; }}
.ac-container.ac-adaptiveCard {{ outline: none; }}
a {{ color: {theme.accent}; }}
p {{ margin: 0; }}
.ac-pushButton {{ font: 600 14px 'Segoe UI', Stand-in, sans-serif; padding: 5px 12px; border-radius: 4px;
  border: 1px solid {theme.line}; background: {theme.ground}; color: {theme.text};
  overflow: hidden; text-overflow: ellipsis; }}
.ac-pushButton.style-positive {{ background: {theme.press}; border-color: {theme.press};
  color: {theme.ground}; }}
.ac-pushButton.style-destructive {{ color: {theme.attention}; }}
.mention {{ color: {theme.accent}; }}
.ac-input {{ font: 14px 'Segoe UI', Stand-in, sans-serif; box-sizing: border-box;
  background: {theme.page}; color: {theme.text};
  border: 0; border-bottom: 2px solid {theme.line}; border-radius: 4px; padding: 6px 8px; }}
.ac-input.ac-choiceSetInput-expanded, .ac-input-container .ac-choiceSetInput-multiSelect {{ border: 0; }}
textarea.ac-input {{ min-height: 76px; }}
input[type=radio] {{ accent-color: {theme.press}; }}
"""
