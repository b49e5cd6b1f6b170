"""The demo's company: people, Slack channels, customers and invoices of Brightwater Supplies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

TEAM_ID = "T0BRIGHT"
TEAM_NAME = "Brightwater Supplies"
TEAM_DOMAIN = "brightwater"
APP_ID = "A0OMBUD"
BOT_USER = "U0OMBUD"
BOT_ID = "B0OMBUD"


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str
    zone: str

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")

    @property
    def email(self) -> str:
        return f"{self.handle}@brightwater.example"


PEOPLE = (
    Person("U0ANA", "Ana Ruiz", "Resolver, billing", "Europe/Madrid"),
    Person("U0BEN", "Ben Okafor", "Resolver, billing", "Europe/London"),
    Person("U0CLEO", "Cleo Lind", "Resolver, contracts", "Europe/Berlin"),
    Person("U0DANA", "Dana Whitfield", "Manager, disputes", "Europe/Berlin"),
    Person("U0FINN", "Finn Aalto", "Head of finance", "Europe/Helsinki"),
)

CHANNELS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "C0BILLING",
        "billing-disputes",
        "Wrong amounts, duplicates, tax",
        ("U0ANA", "U0BEN", "U0DANA", "U0FINN", BOT_USER),
    ),
    (
        "C0DELIVERY",
        "delivery-disputes",
        "Not delivered, or delivered damaged",
        ("U0BEN", "U0CLEO", "U0DANA", BOT_USER),
    ),
    (
        "C0GENERAL",
        "general",
        "Everyone at Brightwater",
        ("U0ANA", "U0BEN", "U0CLEO", "U0DANA", "U0FINN"),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    ref: str
    text: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Invoice:
    ref: str
    number: str
    currency: str
    age_days: int
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Customer:
    ref: str
    name: str
    email: str
    tier: str
    language: str
    invoices: tuple[Invoice, ...]


def _invoice(number: int, currency: str, age_days: int, *lines: tuple[str, int, int]) -> Invoice:
    numbered = tuple(Line(f"il_{number}_{at}", *line) for at, line in enumerate(lines, 1))
    return Invoice(f"in_{number}", f"BW-{number}", currency, age_days, numbered)


CUSTOMERS = (
    Customer(
        "cus_northwind",
        "Northwind Hotels",
        "accounts@northwind.example",
        "platinum",
        "en",
        (
            _invoice(
                20418, "EUR", 12, ("Bath linen, 400 sets", 400, 1_280_000), ("Express delivery", 1, 18_500)
            ),
            _invoice(
                20391, "EUR", 33, ("Service plan, third quarter", 1, 420_000), ("Extra pickups", 6, 27_000)
            ),
        ),
    ),
    Customer(
        "cus_halden",
        "Halden Clinics",
        "finance@halden.example",
        "platinum",
        "de",
        (
            _invoice(20425, "EUR", 9, ("Surgical gowns", 900, 2_691_000), ("Sterile wraps", 300, 358_500)),
            _invoice(20377, "EUR", 41, ("Waste containers", 120, 166_800)),
        ),
    ),
    Customer(
        "cus_kestrel",
        "Kestrel Airways",
        "payables@kestrel.example",
        "platinum",
        "en",
        (
            _invoice(
                20430,
                "GBP",
                6,
                ("Galley supplies, October", 1, 1_845_000),
                ("Trolley repairs", 14, 203_000),
                ("Storage", 1, 62_500),
            ),
        ),
    ),
    Customer(
        "cus_marigold",
        "Marigold Bakeries",
        "office@marigold.example",
        "gold",
        "en",
        (
            _invoice(20412, "GBP", 15, ("Flour sacks, 25 kg", 80, 116_000), ("Pallet deposit", 4, 6_000)),
            _invoice(20366, "GBP", 47, ("Oven liners", 250, 43_750)),
        ),
    ),
    Customer(
        "cus_sakura",
        "Sakura Trading",
        "keiri@sakura.example",
        "gold",
        "ja",
        (
            _invoice(20409, "JPY", 18, ("Packing film", 200, 384_000), ("Sea freight", 1, 96_500)),
            _invoice(20428, "JPY", 7, ("Label stock", 50, 61_000)),
        ),
    ),
    Customer(
        "cus_gulfstar",
        "Gulf Star Logistics",
        "ap@gulfstar.example",
        "gold",
        "en",
        (
            _invoice(
                20415, "KWD", 14, ("Cold boxes, 60 l", 40, 1_148_000), ("Temperature loggers", 40, 310_500)
            ),
        ),
    ),
    Customer(
        "cus_pinecrest",
        "Pinecrest School",
        "bursar@pinecrest.example",
        "standard",
        "en",
        (
            _invoice(20402, "USD", 21, ("Canteen trays", 300, 87_000), ("Sales tax", 1, 7_177)),
            _invoice(20433, "USD", 4, ("Cleaning subscription, annual", 1, 132_000)),
        ),
    ),
    Customer(
        "cus_okonjo",
        "Okonjo & Daughters",
        "hello@okonjo.example",
        "standard",
        "en",
        (
            _invoice(20420, "USD", 11, ("Gift boxes", 500, 64_500), ("Ribbon, 20 m", 60, 12_900)),
            _invoice(20399, "USD", 24, ("Sample kit", 1, 4_900)),
        ),
    ),
)

REASONS: tuple[tuple[str, str, str | None], ...] = (
    ("wrong_amount", "The amount is wrong", None),
    ("duplicate_charge", "We were charged twice", None),
    ("tax", "The tax is wrong", None),
    ("not_delivered", "It was not delivered", "delivery_note"),
    ("damaged", "It arrived damaged", "photo"),
    ("price_agreed", "It is not the agreed price", "agreement"),
    ("cancelled_subscription", "We had cancelled", None),
    ("chargeback", "We disputed it with our bank", None),
)


def find_invoice(ref: str) -> tuple[Customer, Invoice] | None:
    """The invoice by its `ref` or number, with the customer it was sent to."""
    for customer in CUSTOMERS:
        for invoice in customer.invoices:
            if ref in (invoice.ref, invoice.number):
                return customer, invoice
    return None


def find_person(user_id: str) -> Person | None:
    return next((one for one in PEOPLE if one.id == user_id), None)


def customer_json(customer: Customer) -> dict[str, Any]:
    return {
        "ref": customer.ref,
        "name": customer.name,
        "email": customer.email,
        "tier": customer.tier,
        "language": customer.language,
    }


def invoice_json(invoice: Invoice, *, today: date, address: str) -> dict[str, Any]:
    """The invoice as the intake wants it: issued `age_days` before `today`, due 30 days later.

    `address` is the sandbox's own: it plays the billing platform, and its pages show the invoice.
    """
    issued_on = today - timedelta(days=invoice.age_days)
    return {
        "ref": invoice.ref,
        "number": invoice.number,
        "currency": invoice.currency,
        "total_minor": invoice.total_minor,
        "issued_on": issued_on.isoformat(),
        "due_on": (issued_on + timedelta(days=30)).isoformat(),
        "url": f"{address}/invoices?{urlencode({'number': invoice.number})}",
        "lines": [
            {
                "ref": line.ref,
                "text": line.text,
                "quantity": str(line.quantity),
                "amount_minor": line.amount_minor,
            }
            for line in invoice.lines
        ],
    }
