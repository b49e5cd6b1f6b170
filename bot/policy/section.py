"""Sections of a YAML file: mappings read into checked values, each mistake with its line.

This module knows nothing of what a policy holds. The caller asks a `Section` for each key; keys that were
never asked for are reported as unknown at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

import yaml

K = TypeVar("K")
T = TypeVar("T")
Read = Callable[[str], T]
"""Text to value. Raises ValueError with the sentence for the administrator."""

WHOLE_FILE = 0


class PolicyMistakes(Exception):
    """Everything that is wrong with a policy at once, each with its line (0: the file as a whole)."""

    def __init__(self, name: str, mistakes: Iterable[tuple[int, str]]) -> None:
        self.name = name
        self.mistakes = tuple(sorted(dict.fromkeys(mistakes)))
        super().__init__("\n".join(self._place(line) + sentence for line, sentence in self.mistakes))

    def _place(self, line: int) -> str:
        return f"{self.name}: " if line == WHOLE_FILE else f"{self.name}:{line}: "


class PredicateError(ValueError):
    """A mistake whose text is a whole predicate, such as `goes to the queue “x”, which isn't there`.

    Other mistakes are introduced by `has a mistake in “key”:`.
    """


class MistakeLog:
    """The mistakes found so far, and the sections read so far."""

    def __init__(self, name: str, examples: Mapping[str, str]) -> None:
        self.name = name
        self.examples = examples
        """A correct line for each key, quoted as the remedy when the key is missing or empty. The key is
        `kind: key` where kinds of sections differ (the kind is the first word of the section's title)."""
        self.mistakes: list[tuple[int, str]] = []
        self.sections: list[Section] = []

    def raise_if_any(self) -> None:
        for section in self.sections:
            section.report_unknown_keys()
        if self.mistakes:
            raise PolicyMistakes(self.name, self.mistakes)


class Section:
    """One mapping of the file. `title` is what sentences call it, such as `queue “billing”`.

    After a mistake, reading goes on with a `placeholder`, so that all mistakes are found in one pass. No
    placeholder is ever returned to a caller of the reader: the mistakes are raised at the end.
    """

    def __init__(self, log: MistakeLog, title: str, line: int, node: yaml.Node | None) -> None:
        self.log = log
        self.title = title
        self.line = line
        self._entries: dict[str, tuple[int, yaml.Node]] = {}
        self._known_keys: set[str] = set()
        log.sections.append(self)
        if isinstance(node, yaml.MappingNode):
            self._read_mapping(node)
        elif node is not None:
            self.add_mistake(line, "should hold lines like “key: value”, indented below it.")

    def _read_mapping(self, node: yaml.MappingNode) -> None:
        for key_node, value_node in node.value:
            line = line_of(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
                self.add_mistake(line, "has a key that is not a plain word. Write “key: value”.")
            elif key_node.value in self._entries:
                first = self._entries[key_node.value][0]
                self.add_mistake(line, f"has “{key_node.value}” twice, first in line {first}. Keep one.")
            else:
                self._entries[key_node.value] = (line, value_node)

    def add_mistake(self, line: int, predicate: str) -> None:
        """Add a mistake; the predicate continues the sentence after the title: `has no …`."""
        self.log.mistakes.append((line, f"{self.title} {predicate}"))

    def line_of_key(self, key: str) -> int:
        """The line of a key, or the section's own when the key is absent."""
        return self._entries[key][0] if key in self._entries else self.line

    def has(self, key: str) -> bool:
        """Whether the key has a value. A key without one is a mistake, which is added here."""
        self._known_keys.add(key)
        if key in self._entries and is_empty(self._entries[key][1]):
            self._add_missing(key)
            return False
        return key in self._entries

    def required(self, key: str, read: Read[T], placeholder: T) -> T:
        return self.optional(key, read, placeholder) if self._check_present(key) else placeholder

    def optional(self, key: str, read: Read[T], default: T) -> T:
        if not self.has(key):
            return default
        values = self._read_values(key, [self._entries[key][1]], read)
        return values[0] if values else default

    def list_values(self, key: str, read: Read[T]) -> tuple[T, ...]:
        """One value, or a list of at least one; each mistake has its own item's line."""
        if not self._check_present(key):
            return ()
        node = self._entries[key][1]
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self._read_values(key, items, read))

    def subsection(self, key: str, title: str) -> Section:
        """The mapping behind a key; an empty one, with the mistake added, when it is missing."""
        node = self._entries[key][1] if self._check_present(key) else None
        return Section(self.log, title, self.line_of_key(key), node)

    def subsections(self, read_key: Read[str], word: str) -> dict[str, Section]:
        """Every entry of this section as a section of its own, called `word “id”`."""
        return {
            id_: Section(self.log, f"{word} “{id_}”", line, node)
            for line, _, id_, node in self._read_entries(read_key)
        }

    def entries(self, read_key: Read[K], read: Read[T]) -> list[tuple[int, K, T]]:
        """Every entry of this section with its line; for sections whose keys the administrator chooses."""
        return [
            (line, key, value)
            for line, written, key, node in self._read_entries(read_key)
            for value in self._read_values(written, [node], read)
        ]

    def list_sections(self, key: str, word: str) -> list[Section]:
        """The mappings of a list, called `word 1`, `word 2` …"""
        if not self._check_present(key):
            return []
        node = self._entries[key][1]
        if not isinstance(node, yaml.SequenceNode):
            self.add_mistake(self.line_of_key(key), f"needs a list in “{key}”. Start each item with “- ”.")
            return []
        return [
            Section(self.log, f"{word} {number}", line_of(item), item)
            for number, item in enumerate(node.value, start=1)
        ]

    def report_unknown_keys(self) -> None:
        for key, (line, _) in self._entries.items():
            if key not in self._known_keys:
                self.add_mistake(line, f"has no place for “{key}”.{suggestion(key, self._known_keys)}")

    def _read_entries(self, read_key: Read[K]) -> list[tuple[int, str, K, yaml.Node]]:
        """Line, key as written and as read, and value of each entry whose key can be read."""
        self._known_keys.update(self._entries)
        found = []
        for key, (line, node) in self._entries.items():
            try:
                found.append((line, key, read_key(key), node))
            except ValueError as mistake:
                self._add_value_error(line, key, mistake)
        return found

    def _read_values(self, key: str, nodes: list[yaml.Node], read: Read[T]) -> list[T]:
        """The values of the nodes that can be read; a mistake is added for each other node."""
        values = []
        for node in nodes:
            line = line_of(node)
            if not isinstance(node, yaml.ScalarNode):
                self.add_mistake(line, f"has more than a word in “{key}”. Write one text there.")
                continue
            try:
                values.append(read(node.value.strip()))
            except ValueError as mistake:
                self._add_value_error(line, key, mistake)
        return values

    def _add_value_error(self, line: int, key: str, mistake: ValueError) -> None:
        says = str(mistake) if isinstance(mistake, PredicateError) else f"has a mistake in “{key}”: {mistake}"
        self.add_mistake(line, says)

    def _check_present(self, key: str) -> bool:
        is_there = self.has(key)
        if not is_there:
            self._add_missing(key)
        return is_there

    def _add_missing(self, key: str) -> None:
        state = "has nothing behind" if key in self._entries else "has no"
        kind = self.title.partition(" ")[0]
        examples = self.log.examples
        example = examples.get(f"{kind}: {key}") or examples[key]
        self.add_mistake(self.line_of_key(key), f"{state} “{key}”. Write for example {example}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """“ Did you mean “…”?” or, when no known word is similar, “ Known: ….”, to be appended to a sentence."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f" Did you mean “{near[0]}”?"
    return f" Known: {', '.join(names)}." if names else ""


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def is_empty(node: yaml.Node) -> bool:
    """Whether nothing is written, or nothing but the brackets. A pair of quotes is a text."""
    if isinstance(node, yaml.ScalarNode):
        return node.style is None and node.value in {"", "~", "null"}
    return not node.value
