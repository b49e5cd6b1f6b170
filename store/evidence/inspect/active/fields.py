"""Fields of Word: instructions in the text, of which some start a program or fetch another file."""

from __future__ import annotations

import re

from store.evidence.inspect.active.links import demand_plain_link
from store.evidence.inspect.active.markup import Attributes
from store.evidence.refusals import Fault, FileRejected

_FAULTS = {
    "DDE": Fault.STARTS,
    "DDEAUTO": Fault.STARTS,
    "LINK": Fault.LOADS,
    "INCLUDE": Fault.LOADS,
    "INCLUDETEXT": Fault.LOADS,
    "IMPORT": Fault.LOADS,
    "DATABASE": Fault.LOADS,
    "RD": Fault.LOADS,
}
_TEXT_OF_FIELDS = ("instrText", "delInstrText")
_TARGET = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)*"?([^"\s]+)', re.IGNORECASE)
_LETTER = re.compile(r"[0-9]{1,5}")
_MOST_CODE = 10_000
"""Characters of one instruction; Word itself takes fewer."""


class FieldReader:
    """Puts instructions together, which Word spreads over many elements, and one into another."""

    def __init__(self) -> None:
        self._open: list[list[str]] = [[]]
        self._is_code = False

    def start(self, name: str, attributes: Attributes) -> None:
        self._is_code = name in _TEXT_OF_FIELDS
        if name == "fldSimple":
            _judge(attributes.get("instr", ""))
        elif name == "fldChar":
            self._turn(attributes.get("fldCharType", ""))

    def text(self, piece: str) -> None:
        if self._is_code:
            self._open[-1].append(piece)

    def end(self) -> None:
        for pieces in self._open:
            _judge("".join(pieces))

    def _turn(self, to: str) -> None:
        if to == "begin":
            self._open.append([])
        elif to == "separate":
            self._judge_innermost()
        elif to == "end":
            self._judge_innermost()
            if len(self._open) > 1:
                self._open.pop()

    def _judge_innermost(self) -> None:
        """What a QUOTE spells out becomes part of the instruction around it."""
        code = "".join(self._open[-1])
        self._open[-1].clear()
        _judge(code)
        keyword, _, rest = code.strip().partition(" ")
        if keyword.upper() == "QUOTE" and len(self._open) > 1:
            self._open[-2].append(_quoted(rest))


def _judge(code: str) -> None:
    words = code[:_MOST_CODE].replace('"', " ").split(maxsplit=1)
    keyword = words[0].upper() if words else ""
    if keyword in _FAULTS:
        raise FileRejected(_FAULTS[keyword])
    if keyword == "HYPERLINK" and (target := _TARGET.search(code[:_MOST_CODE])):
        demand_plain_link(target[1])


def _quoted(rest: str) -> str:
    """`68 68 69` are the codes of letters; anything else stands for itself."""
    return "".join(chr(int(word)) if _LETTER.fullmatch(word) else word for word in rest.split())
