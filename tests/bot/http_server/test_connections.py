"""Tests of the bounds on connections: who waits longest makes room, each client has a share."""

from __future__ import annotations

import pytest

from bot.http_server.connections import Connections, client_of
from web.client_address import read_trusted_proxies

ATTACKER, GUEST, PROXY = "8.8.8.8", "1.1.1.1", "10.0.0.2"


class Room:
    """Opens connections by name and remembers which were closed."""

    def __init__(self, most: int, most_of_client: int) -> None:
        self.connections = Connections(most, most_of_client)
        self.closed: list[str] = []

    def enter(self, name: str, address: str, *, works: bool = False) -> bool:
        if not self.connections.admit(name, address):
            return False
        if not works:
            self.connections.wait(name, lambda: self.closed.append(name))
        return True


def test_the_one_that_waited_longest_makes_room() -> None:
    room = Room(most=2, most_of_client=2)
    assert all(room.enter(name, PROXY) for name in ("a", "b", "c"))
    assert (room.closed, len(room.connections)) == (["a"], 2)


def test_one_that_works_is_never_closed() -> None:
    room = Room(most=2, most_of_client=2)
    room.enter("a", PROXY)
    room.enter("b", PROXY)
    room.connections.work("a")
    room.enter("c", PROXY)
    assert room.closed == ["b"]


def test_to_wait_anew_is_to_wait_last() -> None:
    room = Room(most=2, most_of_client=2)
    room.enter("a", PROXY)
    room.enter("b", PROXY)
    room.connections.work("a")
    room.connections.wait("a", lambda: room.closed.append("a"))
    room.enter("c", PROXY)
    assert room.closed == ["b"]


def test_one_client_gets_its_share_and_no_more() -> None:
    room = Room(most=10, most_of_client=2)
    assert [room.enter(str(n), ATTACKER, works=True) for n in range(4)] == [True, True, False, False]
    assert room.enter("guest", GUEST)


def test_half_requests_of_one_client_push_out_only_its_own() -> None:
    room = Room(most=10, most_of_client=2)
    room.enter("guest", GUEST)
    assert all(room.enter(str(n), ATTACKER) for n in range(50))
    assert "guest" not in room.closed
    assert len(room.connections) == 3


def test_everybody_behind_a_proxy_shares_no_bound_of_a_client() -> None:
    room = Room(most=10, most_of_client=2)
    assert all(room.enter(str(n), PROXY, works=True) for n in range(10))
    assert not room.enter("one more", PROXY)


def test_what_is_over_counts_no_more() -> None:
    room = Room(most=10, most_of_client=1)
    assert room.enter("a", ATTACKER, works=True)
    room.connections.forget("a")
    room.connections.forget("a")
    assert room.enter("b", ATTACKER, works=True)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:81b::200e", "2a00:1450:4001:81b::/64"),
        ("2a00:1450:4001:81b:ffff::1", "2a00:1450:4001:81b::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("fe80::1%eth0", None),
        ("192.168.1.4", None),
        ("::ffff:10.0.0.1", None),
        ("100.64.0.7", None),
        ("", None),
        ("a socket", None),
    ],
)
def test_an_address_counts_for_its_client(address: str, client: str | None) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize(
    ("proxies", "client"), [("1", None), ("8.8.8.0/24", None), ("10.0.0.0/8", "8.8.8.8"), ("0", "8.8.8.8")]
)
def test_a_trusted_proxy_has_no_bound_of_its_own(proxies: str, client: str | None) -> None:
    assert client_of("8.8.8.8", read_trusted_proxies(proxies)) == client
