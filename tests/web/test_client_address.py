"""Tests of a client's address: whose word about it counts, and how addresses are written."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from web.client_address import NO_PROXIES, TrustedProxies, client_address, read_trusted_proxies

CLIENT = "203.0.113.5"
NONE, ONE, TWO = NO_PROXIES, read_trusted_proxies("1"), read_trusted_proxies("2")
INSIDE = read_trusted_proxies("10.0.0.0/8, 2001:db8:ffff::/48")
BALANCER = read_trusted_proxies("198.51.100.0/24")


def address(peer: str, proxies: TrustedProxies, *forwarded: str) -> str:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    return client_address(make_mocked_request("GET", "/", headers=headers).clone(remote=peer), proxies)


TABLE = {
    "nothing is trusted": (("10.0.0.1", NONE, CLIENT), "10.0.0.1"),
    "nobody stands between": ((CLIENT, NONE), CLIENT),
    "one proxy": (("10.0.0.1", ONE, CLIENT), CLIENT),
    "one proxy, and what the client claims": (("10.0.0.1", ONE, f"1.1.1.1, {CLIENT}"), CLIENT),
    "one proxy on a public address": (("198.51.100.7", ONE, CLIENT), CLIENT),
    "one proxy that tells nothing": (("10.0.0.1", ONE), "10.0.0.1"),
    "two proxies": (("10.0.0.1", TWO, f"{CLIENT}, 198.51.100.7"), CLIENT),
    "two proxies, and a claim": (("10.0.0.1", TWO, f"1.1.1.1, {CLIENT}, 198.51.100.7"), CLIENT),
    "two proxies, one header each": (("10.0.0.1", TWO, CLIENT, "198.51.100.7"), CLIENT),
    "two proxies, the outer one passed by": (("10.0.0.1", TWO, CLIENT), CLIENT),
    "a number, and a balancer with a port": (("10.0.0.1", ONE, f"{CLIENT}:4711"), CLIENT),
    "IPv6": (("10.0.0.1", ONE, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"),
    "IPv6 with a port": (("10.0.0.1", ONE, "[2001:db8:1:2::9]:443"), "2001:db8:1:2::/64"),
    "IPv6 with a zone": (("10.0.0.1", ONE, "fe80::1%eth0"), "fe80::/64"),
    "IPv4 written as IPv6": (("10.0.0.1", ONE, f"::ffff:{CLIENT}"), CLIENT),
    "a peer of IPv6": (("2001:db8:1:2::9", NONE), "2001:db8:1:2::/64"),
    "networks": (("10.0.0.1", INSIDE, CLIENT), CLIENT),
    "two proxies in networks": (("10.0.0.1", INSIDE, f"1.1.1.1, {CLIENT}, 2001:db8:ffff::7"), CLIENT),
    "a peer outside of them": ((CLIENT, INSIDE, "1.1.1.1"), CLIENT),
    "a peer on a private address, outside": (("192.168.1.4", INSIDE, "1.1.1.1"), "192.168.1.4"),
    "a balancer with a public address": (("198.51.100.7", BALANCER, f"1.1.1.1, {CLIENT}"), CLIENT),
    "only proxies": (("10.0.0.1", INSIDE, "10.0.0.9"), "10.0.0.9"),
    "what no proxy writes": (("10.0.0.1", INSIDE, f"{CLIENT}, unknown"), "10.0.0.1"),
    "what no proxy writes, counted": (("10.0.0.1", TWO, f"{CLIENT}, _hidden"), "10.0.0.1"),
    "a list with nothing in it": (("10.0.0.1", ONE, f"{CLIENT},"), "10.0.0.1"),
    "a Unix socket": (("", ONE, CLIENT), CLIENT),
    "a Unix socket, and networks": (("", INSIDE, f"{CLIENT}, 10.0.0.4"), CLIENT),
}


@pytest.mark.parametrize(("asked", "told"), TABLE.values(), ids=TABLE)
def test_an_address_is_believed_of_trusted_proxies_alone(
    asked: tuple[str, TrustedProxies, str], told: str
) -> None:
    assert address(*asked) == told


@pytest.mark.parametrize("proxies", [NONE, ONE, INSIDE], ids=["none", "one", "networks"])
@given(claim=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80))
def test_whatever_a_client_claims_it_is_who_our_proxy_saw(proxies: TrustedProxies, claim: str) -> None:
    seen = address("10.0.0.1", proxies, f"{claim}, {CLIENT}")
    assert seen == ("10.0.0.1" if proxies is NONE else CLIENT)


@pytest.mark.parametrize(
    "text", ["x", "-1", "10", "1.5", "10.0.0.1/8", "0.0.0.0/0", "::/0", "1, 10.0.0.0/8", "²"]
)
def test_what_names_no_proxies_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write how many proxies"):
        read_trusted_proxies(text)


def test_a_single_address_is_a_network_too() -> None:
    assert address("10.0.0.1", read_trusted_proxies("10.0.0.1"), CLIENT) == CLIENT
    assert not read_trusted_proxies("0").is_set
