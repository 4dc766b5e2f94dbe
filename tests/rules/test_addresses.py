"""Where callbacks may go, before anybody connects."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addresses import (
    BadCallbackError,
    check_callback,
    host_of,
    literal,
    may_reach,
)
from tests.rules.hostile_addresses import INSIDE, INSIDE_V6, corpus, spellings

NOBODY: frozenset[str] = frozenset()
HOME = (ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16"))


def test_there_are_enough_of_them() -> None:
    """What is promised is tried with at least three hundred."""
    assert len(set(corpus())) >= 300


def test_no_inside_address_is_taken() -> None:
    """Each spelling of an inside address is refused at the door."""
    for url in corpus():
        with pytest.raises(BadCallbackError, match="private network"):
            check_callback(url, NOBODY, ())


@pytest.mark.parametrize(
    "url",
    [
        "https://agent.example.com/hook",
        "https://93.184.215.14/hook",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook",
        "https://xn--bcher-kva.example/hook",
        "https://cafe.example/hook",
    ],
)
def test_the_public_internet_is_fine(url: str) -> None:
    """Names are looked at when they are resolved."""
    check_callback(url, NOBODY, ())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://agent.example.com/hook", "https"),
        ("http://93.184.215.14/hook", "https"),
        ("https://me@agent.example.com/hook", "user name"),
        ("https://:pw@agent.example.com/hook", "user name"),
        ("https://1572395022/hook", "usually written"),
        ("https://0x5db8d70e/hook", "usually written"),
    ],
)
def test_what_else_is_refused(url: str, words: str) -> None:
    """Plain http, and names and passwords in the address."""
    with pytest.raises(BadCallbackError, match=words):
        check_callback(url, NOBODY, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hook",
        "https://10.1.2.3/hook",
        "http://[::ffff:10.1.2.3]/hook",
        "http://agent.internal/hook",
    ],
)
def test_the_operators_may_open_their_own_network(url: str) -> None:
    """Inside addresses that are allowed, by plain http too; a name may lead there."""
    check_callback(url, NOBODY, HOME)


def test_only_what_is_allowed_is_opened() -> None:
    """The rest of the inside stays shut, and public addresses keep to https."""
    with pytest.raises(BadCallbackError, match="private network"):
        check_callback("http://10.2.0.1/hook", NOBODY, HOME)
    with pytest.raises(BadCallbackError, match="https"):
        check_callback("http://93.184.215.14/hook", NOBODY, HOME)


def test_a_key_has_its_hosts() -> None:
    """Compared without regard to case and a final dot."""
    mine = frozenset({"agent.example.com"})

    check_callback("https://AGENT.example.com./hook", mine, ())
    with pytest.raises(BadCallbackError, match="only agent"):
        check_callback("https://agent.example.com.evil.example/hook", mine, ())


@pytest.mark.parametrize("address", INSIDE)
def test_every_spelling_is_the_same_address(address: str) -> None:
    """What one system or another would make of it."""
    plain = spellings(address)[:9]

    assert {literal(host_of(f"https://{host}/")) for host in plain} == {IPv4Address(address)}


@given(st.ip_addresses(v=4))
def test_mapped_addresses_are_what_they_hide(address: IPv4Address) -> None:
    """IPv4 in IPv6's clothes gets no further than without them."""
    mapped = IPv6Address(f"::ffff:{address}")

    assert may_reach(mapped, ()) == may_reach(address, ())


@pytest.mark.parametrize("address", INSIDE_V6)
def test_inside_addresses_of_ipv6(address: str) -> None:
    """Whatever lies outside 2000::/3, and what hides IPv4 inside it."""
    assert not may_reach(IPv6Address(address.partition("%")[0]), ())


@pytest.mark.parametrize("host", ["agent.example.com", "1.2.3.4.5", "localhost", "münchen.example"])
def test_names_are_no_addresses(host: str) -> None:
    """They are resolved, and looked at then."""
    assert literal(host) is None
