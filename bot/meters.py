"""What is counted for `/metrics`?"""

from __future__ import annotations

from prometheus_client import Counter

CLICKS = Counter("ombud_clicks_total", "Clicks, commands and forms by outcome", ("action", "outcome"))
INTAKES = Counter("ombud_intakes_total", "Disputes and platform events by outcome", ("source", "outcome"))
REFUSED_REQUESTS = Counter("ombud_refused_requests_total", "Requests refused at the door", ("route", "why"))
