"""The example policy without Teams: all of its queues are in Slack."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "policy.yaml"
CONTRACTS = 'slack_channel: "#delivery-disputes"  # of contracts'
"""The line that names where contracts are settled."""
_CHANGES = (
    ("    teams_channel: 19:delivery0brightwater@thread.tacv2\n", ""),
    ("teams_channel: 19:contracts0brightwater@thread.tacv2", CONTRACTS),
    ("      - elif.demir@brightwater.example       # knows Teams alone, which is enough here\n", ""),
)


def slack_only() -> str:
    """The policy's text."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in _CHANGES:
        assert old in text
        text = text.replace(old, new)
    return text


def write_slack_only(folder: Path) -> Path:
    file = folder / "policy.yaml"
    file.write_text(slack_only(), encoding="utf-8")
    return file
