"""Link budget: what one customer link may do in a day, and how many cases it may have open at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.customer_link import CustomerLink
from core.email_address import is_same_address
from core.errors import Refused


class Use(StrEnum):
    """What is counted for a link or an address, day by day. The values are stored."""

    CASES = "cases"
    ADDRESSES = "addresses"
    BYTES = "bytes"
    FILES = "files"
    STRAY_MAILS = "stray_mails"
    STRAY_BYTES = "stray_bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBudget:
    """Limits of one link, in `policy.yaml`. A day is one of UTC."""

    cases_a_day: int = 5
    open_cases: int = 10
    """Of one invoice and customer at the same time, as far as the customer raised them on the page."""
    addresses_a_day: int = 5
    """Mails that ask the owner of an e-mail address other than the invoice's to confirm it."""
    mails_to_an_address: int = 10
    """Such mails of all links together to one address: somebody may dispute several invoices in a day, but
    nobody is written to without end."""
    megabytes_a_day: int = 600
    """Uploaded on the link's pages, for all of its forms and cases; what is removed again counts too."""
    files_a_day: int = 100


class Excess(StrEnum):
    """Names are codes; values are their sentences, keys of the catalogues."""

    CASES_TODAY = (
        "%(limit)s disputes about this invoice were sent today, and that is the most. Add to one of them, or "
        "send this one tomorrow. What you wrote is saved here."
    )
    CASES_OPEN = (
        "%(limit)s disputes about this invoice are open already, and that is the most. Add to one of them "
        "instead. What you wrote is saved here."
    )
    ADDRESSES_TODAY = (
        "This can't be sent for another e-mail address today. Use the address that the invoice went to, or "
        "send it tomorrow. What you wrote is saved here."
    )


class OverBudget(Refused):
    """The link has done what it may. `excess` with `values` gives the sentence in the customer's language."""

    def __init__(self, excess: Excess, **values: int) -> None:
        super().__init__(excess.value % values)
        self.excess = excess
        self.values = values


def day_of(now: datetime) -> str:
    """The day that a use counts for: `2026-03-02`, in UTC, by the clock that the handler got."""
    return now.strftime("%Y-%m-%d")


def demand_case(budget: LinkBudget, *, today: int, is_open: int) -> None:
    """Raises OverBudget if the link may have no new case: `today` are with it, `is_open` without it."""
    if is_open >= budget.open_cases:
        raise OverBudget(Excess.CASES_OPEN, limit=budget.open_cases)
    if today > budget.cases_a_day:
        raise OverBudget(Excess.CASES_TODAY, limit=budget.cases_a_day)


def demand_address(budget: LinkBudget, *, by_link: int, to_address: int) -> None:
    """Raises OverBudget if the owner of another address than the invoice's can't be asked today any more."""
    if by_link > budget.addresses_a_day or to_address > budget.mails_to_an_address:
        raise OverBudget(Excess.ADDRESSES_TODAY)


def is_other_address(link: CustomerLink, email: str) -> bool:
    """Whether `email` is another than the one that the invoice went to."""
    return not is_same_address(email, link.customer.email or "")
