"""Which dates are public holidays at a place?"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from bot.policy.section import suggestion

YEARS = range(2020, 2051)
"""A fixed span, so that the same policy means the same on every day."""


@lru_cache(maxsize=64)
def holidays_at(place: str) -> frozenset[date]:
    """The public holidays, with their substitute days, of a country (`DE`) or a part of it (`DE-BY`).

    Raises:
        ValueError: there is no such country or part; the text says what there is.
    """
    # The library takes 0.2 s and 20 MB to import, which only those pay who name a place.
    from holidays import country_holidays  # noqa: PLC0415
    from holidays.registry import EntityLoader  # noqa: PLC0415

    country, _, part = place.partition("-")
    known = set(EntityLoader.get_country_codes())
    if country not in known:
        hint = f" Did you mean “{place.upper()}”?" if country.upper() in known else ""
        raise ValueError(f"there is no country “{country}”.{hint} Use codes such as DE, GB-ENG or US.")
    try:
        return frozenset(country_holidays(country, subdiv=part or None, years=YEARS))
    except NotImplementedError:
        parts = country_holidays(country).subdivisions
        raise ValueError(f"{country} has no part “{part}”.{suggestion(part, parts)}") from None
