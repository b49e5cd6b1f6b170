"""The conversation between the customer and us: the timeline as the customer may read it.

Only the events named here are shown: a new kind of event stays internal until it gets a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cards.customer.language import Translator
from cards.customer.views import US, YOU, Entry, FileView
from cards.sanitize import clean_line, clean_text
from core.case import Case, Resolution
from core.customer_events import (
    CustomerAwaited,
    CustomerDisagreed,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    SenderAccepted,
)
from core.events import (
    CaseClaimed,
    CaseDecided,
    CaseEnded,
    CaseReopened,
    DisputeRaised,
    Event,
    EvidenceAdded,
)
from core.money import Money
from core.person import CUSTOMER

DECIDED = (Resolution.ACCEPTED, Resolution.PART_ACCEPTED, Resolution.REJECTED)


def verdict_text(translator: Translator, resolution: Resolution) -> str:
    """One of `DECIDED`, as the customer reads it."""
    verdicts = {
        Resolution.ACCEPTED: translator.translate("We agree with you"),
        Resolution.PART_ACCEPTED: translator.translate("We agree with you in part"),
        Resolution.REJECTED: translator.translate("We see it differently"),
    }
    return verdicts[resolution]


def credit_text(translator: Translator, granted: Money) -> str:
    """How the granted amount is paid, in a sentence; empty when nothing was granted."""
    if granted.minor <= 0:
        return ""
    return translator.translate(
        "We credit you %(amount)s for this invoice.", amount=translator.money(granted)
    )


@dataclass(frozen=True, slots=True)
class Conversation:
    """One case's timeline in the translator's language, with times in the zone `zone`."""

    case: Case
    files: dict[str, FileView]
    """The files that the customer sees, by the name they were sent under; others are left out."""
    translator: Translator
    zone: str
    events: Sequence[Event]
    """The whole timeline, oldest first."""
    translate_refusal: Callable[[FileRefused], str]
    """Why a file was refused, in the customer's language."""

    def entries(self) -> tuple[Entry, ...]:
        decided: CaseDecided | None = None
        told: list[Entry] = []
        for event in self.events:
            if isinstance(event, CaseDecided):
                decided = event
            told += (
                self._ending_entries(event, decided)
                if isinstance(event, CaseEnded)
                else self._event_entries(event)
            )
        return tuple(told)

    def _event_entries(self, event: Event) -> Iterator[Entry]:
        translate = self.translator.translate
        match event:
            case DisputeRaised():
                yield self._entry(event, YOU, translate("You told us what is wrong"), event.statement)
            case EvidenceAdded(actor_id=actor, came_with_words=False) if actor == CUSTOMER:
                yield self._entry(event, YOU, translate("You added files"), names=event.names)
            case CaseClaimed(is_first=True):
                yield self._entry(event, US, translate("We began to look into it"))
            case CaseReopened():
                yield self._entry(event, US, translate("We took your dispute up again"))
            case FileRefused(name=name) if name in self.files:
                title = translate("We could not keep the file %(name)s", name=_line(name))
                yield self._entry(event, US, title, self.translate_refusal(event))
            case _:
                yield from self._message_entries(event)

    def _message_entries(self, event: Event) -> Iterator[Entry]:
        translate = self.translator.translate
        match event:
            case CustomerWrote() if self._counts_as_customers(event):
                by_mail = event.via == "mail"
                title = translate("You wrote by e-mail") if by_mail else translate("You wrote")
                yield self._entry(event, YOU, title, event.text, event.files)
            case CustomerAwaited(text=text):
                yield self._entry(event, US, translate("We asked you for something"), text)
            case CustomerTold(text=text):
                yield self._entry(event, US, translate("We wrote to you"), text)
            case CustomerReminded():
                yield self._entry(event, US, translate("We sent you a reminder"))
            case CustomerDisagreed(why=why):
                yield self._entry(event, YOU, translate("You did not agree with our decision"), why)
            case _:
                return

    def _ending_entries(self, event: CaseEnded, decided: CaseDecided | None) -> Iterator[Entry]:
        translate = self.translator.translate
        if event.resolution is Resolution.WITHDRAWN:
            is_own = event.actor_id == CUSTOMER
            title = (
                translate("You withdrew your dispute") if is_own else translate("Your dispute was withdrawn")
            )
            yield self._entry(event, YOU if is_own else US, title, event.why if is_own else "")
        elif event.resolution is Resolution.DUPLICATE:
            yield self._entry(event, US, translate("We joined this with another dispute of yours"))
        elif decided is not None and event.resolution in DECIDED:
            verdict = verdict_text(self.translator, event.resolution)
            credit = credit_text(self.translator, decided.granted)
            entry = self._entry(event, US, translate("We decided"), decided.customer_text)
            yield replace(entry, verdict=f"{verdict}. {credit}".rstrip(), is_small=False)

    def _counts_as_customers(self, event: CustomerWrote) -> bool:
        """Whether a message counts as the customer's own: a stranger's message isn't shown to them.

        Of an accepted sender, everything until the acceptance counts; later only authenticated mail.
        """
        sender = event.sender.casefold()
        if event.is_verified or sender not in self.case.accepted_senders:
            return event.is_verified
        named = (one for one in self.events if isinstance(one, SenderAccepted))
        accepted_at = next((one.at for one in named if one.sender.casefold() == sender), None)
        return accepted_at is not None and event.at <= accepted_at

    def _entry(self, event: Event, who: str, title: str, text: str = "", names: Sequence[str] = ()) -> Entry:
        files = tuple(self.files.get(name) or FileView(name=_line(name)) for name in names)
        text = clean_text(text)
        return Entry(
            who=who,
            title=title,
            text=text,
            when=self.translator.moment(event.at, self.zone),
            at=event.at,
            files=files,
            is_small=not text and not files,
        )


def _line(text: str) -> str:
    return clean_line(text[:400])[:120]
