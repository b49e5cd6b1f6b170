"""URLs whose traffic stays on this machine."""

from __future__ import annotations

import pytest

from core.loopback import is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "0.0.0.0"])
def test_this_machine_is_known_by_each_of_its_names(host: str) -> None:
    assert is_loopback(f"http://{host}:8080/path")


@pytest.mark.parametrize(
    "url",
    [
        "http://ombud.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com/127.0.0.1",
        "http://10.0.0.1",
        "http://[",
        "127.0.0.1",
        "",
    ],
)
def test_any_other_address_leads_away(url: str) -> None:
    assert not is_loopback(url)
