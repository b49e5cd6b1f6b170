"""A mail is the same after dot-stuffing is undone, wherever its pieces are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.mail.smtp import _undo_dot_stuffing
from tests.bot.mail.harness import dot_stuffed

_BODIES = st.lists(
    st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"..", b"a", b".\r\n", b"\r\n.\r", b"\n.\r\n"]), max_size=30
).map(b"".join)


@given(body=_BODIES, cuts=st.lists(st.integers(0, 80), max_size=12))
def test_dots_are_single_again_wherever_the_mail_was_cut(body: bytes, cuts: list[int]) -> None:
    raw = body + b"end\r\n"
    sent = dot_stuffed(raw) + b".\r\n"
    places = sorted({min(cut, len(sent) - 3) for cut in cuts})
    pieces = [sent[at:to] for at, to in zip([0, *places], [*places, len(sent)], strict=True)]
    held, came = b"\r\n", b""
    for number, piece in enumerate(pieces, 1):
        ready, held = _undo_dot_stuffing(held + piece, is_end=number == len(pieces))
        came += ready
    assert came == b"\r\n" + raw
