"""Models of the JSON API. They validate, and describe themselves in OpenAPI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    FailFast,
    Field,
    RootModel,
    StringConstraints,
    Tag,
    field_validator,
)
from pydantic.config import JsonDict

from core.email_address import LONGEST_EMAIL, is_email_address
from core.money import LARGEST_MINOR
from core.web_address import LONGEST_ADDRESS, is_web_address
from handlers.raise_dispute import LONGEST_NAME, LONGEST_REF, LONGEST_STATEMENT

_NO_NUL = r"^[^\x00]*$"
"""PostgreSQL stores no text that holds U+0000."""
Ref = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REF, pattern=_NO_NUL)
]
ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=_NO_NUL)
]
Statement = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_STATEMENT)
]


def _demand_email(text: str) -> str:
    if not is_email_address(text):
        raise ValueError("Write one e-mail address, such as ap@nordlicht.example.")
    return text


Email = Annotated[
    str,
    StringConstraints(max_length=LONGEST_EMAIL),
    AfterValidator(_demand_email),
    Field(json_schema_extra={"format": "email"}),
]
Day = Annotated[date, Field(strict=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(strict=True, ge=1, le=LARGEST_MINOR, description="Minor units, such as cents")]
PaidMinor = Annotated[
    int, Field(strict=True, ge=0, le=LARGEST_MINOR, description="What has been paid of it already")
]
LineMinor = Annotated[int, Field(strict=True, ge=-LARGEST_MINOR, le=LARGEST_MINOR)]


def _web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError(
            "this is no web address. Write one like https://billing.example.com/in_1, without a user's name."
        )
    return url


Url = Annotated[
    str,
    StringConstraints(max_length=LONGEST_ADDRESS),
    Field(json_schema_extra={"format": "uri"}, description="http or https, without a user's name in it"),
    AfterValidator(_web_address),
]


MOST_ENTRIES = 500
"""Of one list. A list is refused at its first wrong entry: entries are mostly wrong in the same way."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomerIn(_Strict):
    ref: Ref = Field(description="The customer's id on the billing platform")
    name: ShortText
    email: Email | None = None
    tier: Ref | None = Field(None, description="A tier of the policy; left out: the policy's default")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"


class LineIn(_Strict):
    ref: Ref
    text: ShortText
    quantity: Annotated[str, StringConstraints(max_length=40, pattern=_NO_NUL)] = "1"
    amount_minor: LineMinor


class InvoiceIn(_Strict):
    ref: Ref = Field(description="The invoice's id on the billing platform")
    number: Ref = Field(description="The number the customer sees")
    currency: Currency
    total_minor: Minor
    issued_on: Day | None = None
    due_on: Day | None = None
    url: Url | None = None
    lines: Annotated[tuple[LineIn, ...], Field(max_length=MOST_ENTRIES), FailFast()] = ()
    paid_minor: PaidMinor = 0


class DisputedAmount(_Strict):
    amount_minor: Minor


class DisputedLines(_Strict):
    line_refs: Annotated[tuple[Ref, ...], Field(min_length=1, max_length=MOST_ENTRIES), FailFast()]


def _kind_of_disputed(value: object) -> str:
    """Chosen by what was sent, so that mistakes are reported for one kind only."""
    has_lines = isinstance(value, DisputedLines) or (isinstance(value, dict) and "line_refs" in value)
    return "lines" if has_lines else "amount"


Disputed = Annotated[
    Annotated[DisputedAmount, Tag("amount")] | Annotated[DisputedLines, Tag("lines")],
    Discriminator(_kind_of_disputed),
]


class EvidenceIn(_Strict):
    kind: Ref = Field(description="What it shows, as the policy's reason names it")
    name: ShortText
    url: Url | None = None


class EvidenceList(
    RootModel[Annotated[tuple[EvidenceIn, ...], Field(min_length=1, max_length=50), FailFast()]]
):
    """What is handed in later, one or more pieces."""

    model_config = ConfigDict(frozen=True)


EXAMPLE: JsonDict = {
    "customer": {"ref": "cus_204", "name": "Nordlicht GmbH", "email": "ap@nordlicht.example", "tier": "gold"},
    "invoice": {
        "ref": "in_2041",
        "number": "INV-2041",
        "currency": "EUR",
        "total_minor": 12000,
        "due_on": "2026-03-31",
        "lines": [{"ref": "il_1", "text": "Hosting, February", "amount_minor": 12000}],
    },
    "reason": "wrong_amount",
    "disputed": {"amount_minor": 3000},
    "statement": "We agreed on 90 euros.",
}
"""It fits the example policy."""


class DisputeIn(_Strict):
    """A customer's objection to an invoice."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    customer: CustomerIn
    invoice: InvoiceIn
    reason: Ref = Field(description="A reason of the policy")
    disputed: Disputed | None = Field(None, description="An amount, or lines; left out: the whole invoice")
    statement: Statement
    evidence: Annotated[tuple[EvidenceIn, ...], Field(max_length=50), FailFast()] = ()

    @field_validator("statement", mode="before")
    @classmethod
    def _no_nul(cls, text: object) -> object:
        return text.replace("\x00", "") if isinstance(text, str) else text


class Links(BaseModel):
    self: str
    case: str
    customer: str | None = Field(
        None, description="The customer's page; whoever has it can open it. Null in lists, and without one"
    )


class DecisionOut(BaseModel):
    """What was decided, and what the customer is to be told, word for word."""

    verdict: str
    granted_minor: int
    customer_text: str
    decided_at: datetime


class DisputeOut(BaseModel):
    """Where a dispute stands."""

    number: str
    status: str
    reason: str
    queue: str
    priority: int
    customer_ref: str
    customer_name: str
    invoice_number: str
    disputed_minor: int
    currency: str
    resolver: str | None
    raised_at: datetime
    due_at: datetime | None = Field(description="The nearest deadline; null while no clock runs")
    resolution: str | None
    closed_at: datetime | None
    decision: DecisionOut | None = Field(None, description="Left out of lists")
    links: Links


class DisputeList(BaseModel):
    disputes: list[DisputeOut]
    next: str | None = Field(description="The `after` of the next page; null on the last one")


class FieldProblem(BaseModel):
    pointer: str = Field(description="A JSON pointer into the body")
    detail: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
