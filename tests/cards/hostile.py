"""Hostile texts: what people who mean harm, or broken systems, may type."""

from __future__ import annotations

from hypothesis import strategies as st

TRICKS = (
    "<!channel> <!here> <!everyone>",
    "<@U0ANA> <#C0BILLING> <!subteam^S1>",
    "<https://evil.example|Your bank>",
    "https://evil.example/?a=1&b=2",
    "mailto:a@b.example www.evil.example",
    "*bold* _italic_ ~struck~ `code` ```block```",
    ":smile: :+1::skin-tone-2: :a_b-c:",
    "> quoted\n>>> more",
    "&lt;!channel&gt; &amp;amp;",
    "<!date^1392734382^{date}|x>",
    "@here #general @channel",
    "\u202eevil\u202c \u2066x\u2069 \u200b\u200d\ufeff\u00ad",
    "\x00\x07\x1b[31m\x7f\x85\ud800\udfff\ufffe\U000e0041",
    "שלום עולם العربية",
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306a\u0300\u0300\u0300\u0300\u0300",
    "👩‍👩‍👧‍👦 🏳️‍🌈 می‌خواهم",
    "\r\n\u2028\u2029\x0b\x0c\t",
    "&" * 40,
    "_" * 40,
    "a" * 200,
    " " * 30,
    "",
)

piece = st.one_of(st.sampled_from(TRICKS), st.text(max_size=30), st.characters(codec=None))
text = st.one_of(
    st.lists(piece, max_size=6).map("".join),
    st.builds(lambda one, times: one * times, piece, st.integers(1, 400)),
)
"""Anything, from nothing to some thousands of characters."""
