"""Pictures of every card in Teams: `python -m tests.cards.teams.pictures OUT [NAME…]`.

Drawn by Microsoft's own renderer, in light, dark and high contrast, on a wide and on a narrow screen.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cards.teams.client import a_client
from tests.cards.teams.host import THEMES
from tests.cards.teams.samples import TEAMS, adaptive_cards

WIDTHS = {"wide": 732, "narrow": 372}
"""Of the page: cards are 32 pixels narrower."""


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        for width_name, width in WIDTHS.items():
            with a_client(theme, width) as client:
                for name in names or list(TEAMS):
                    path = out / f"{name}_{theme}_{width_name}.png"
                    for trouble in client.shoot(adaptive_cards(name), str(path)):
                        print(f"{path.name}: {trouble}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
