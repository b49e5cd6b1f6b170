"""YAML parser of the policy file: its root section, or one sentence about the YAML mistake with its line."""

from __future__ import annotations

import yaml

from bot.policy.section import WHOLE_FILE, MistakeLog, PolicyMistakes, Section, is_empty, line_of

_REMEDIES = (
    ("'\\t'", "A tab stands here, and YAML indents with spaces. Replace it by spaces."),
    (
        "mapping values are not allowed",
        "A colon stands where none can be. Put the text in quotes, or see if the line above lacks its colon.",
    ),
    ("could not find expected ':'", "A colon and a space are missing after the key. Write “key: value”."),
    ("expected <block end>", "The indentation doesn't match the lines above. Line it up with them."),
    ("but found another document", "“---” starts a second document here. Keep one."),
    (
        "quoted scalar",
        "A quote is opened here and not closed where it should be. Close it, or use the other kind.",
    ),
    ("parsing a flow", "A bracket is opened here and not closed where it should be. Close it."),
    ("undefined alias", "An alias (*name) stands for an anchor (&name) that isn't there. Add the anchor."),
    ("found character '@'", "A text can't start with @. Put it in quotes."),
    ("found character '`'", "A text can't start with `. Put it in quotes."),
)


def read_yaml(text: str, log: MistakeLog) -> Section:
    """The whole file as a section.

    Raises:
        PolicyMistakes: it is empty, or YAML itself can't be read.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as mistake:
        mark = _mark_of(mistake)
        raise PolicyMistakes(
            log.name, [(mark.line + 1 if mark else WHOLE_FILE, _sentence(mistake))]
        ) from None
    except yaml.reader.ReaderError as mistake:
        line = text.count("\n", 0, mistake.position) + 1
        raise PolicyMistakes(log.name, [(line, "An invisible character stands here. Delete it.")]) from None
    except (ValueError, OverflowError, RecursionError):
        raise _whole_file_mistake(log, "This is not readable as YAML.") from None
    if root is None or is_empty(root):
        raise _whole_file_mistake(log, "The policy is empty.")
    return Section(log, "the policy", line_of(root), root)


def _mark_of(mistake: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where to report the mistake. A quote or bracket that isn't closed is reported where it was opened, not
    where the parser noticed."""
    is_left_open = "quoted scalar" in (mistake.context or "") or "flow" in (mistake.context or "")
    return mistake.context_mark if is_left_open else mistake.problem_mark


def _whole_file_mistake(log: MistakeLog, sentence: str) -> PolicyMistakes:
    return PolicyMistakes(log.name, [(WHOLE_FILE, f"{sentence} Start from the example policy.yaml.")])


def _sentence(mistake: yaml.MarkedYAMLError) -> str:
    problem = ", ".join(words for words in (mistake.problem, mistake.context) if words)
    for sign, sentence in _REMEDIES:
        if sign in problem:
            return sentence
    return f"This is not readable as YAML: {problem}. Compare it with the example policy.yaml."
