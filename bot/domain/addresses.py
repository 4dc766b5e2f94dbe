"""Which addresses a callback may reach: nobody's internals, in whatever spelling."""

from __future__ import annotations

import socket
import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network
    Address = IPv4Address | IPv6Address

_PUBLIC_V6 = ip_network("2000::/3")
#: Globally routed by the library's book, and still not the internet: 6to4 and its relays, NAT64,
#: the address at which Azure's hosts serve their guests, and the newer block for documents.
_INSIDE = [
    ip_network(net)
    for net in (
        "2002::/16",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "168.63.129.16/32",
        "3fff::/20",
    )
]


#: What internationalised names may have for a dot.
_DOTS = {ord(dot): "." for dot in "。．｡"}


class BadCallbackError(ValueError):
    """The address cannot be used; the sentence says why."""


def may_reach(address: Address, allow: Sequence[Network]) -> bool:
    """Whether a connection may go there: public, or allowed by the operators."""
    address = plain(address)
    return allowed(address, allow) or _is_public(address)


def allowed(address: Address, allow: Sequence[Network]) -> bool:
    """Whether the operators allow it although it is private, and by plain http."""
    return any(plain(address) in network for network in allow)


def plain(address: Address) -> Address:
    """IPv4 in IPv6's clothes is IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def check_callback(url: str, hosts: frozenset[str], allow: Sequence[Network]) -> None:
    """What can be known before anybody connects. Raises BadCallbackError.

    `hosts`: the only ones that the key may name; empty: any.
    """
    parts = urlsplit(url)
    host = host_of(url)
    if parts.username is not None or parts.password is not None:
        raise BadCallbackError("must not hold a user name or a password")
    if hosts and host not in hosts:
        raise BadCallbackError(f"this key allows only {', '.join(sorted(hosts))}")
    address = literal(host)
    if address is not None and not may_reach(address, allow):
        raise BadCallbackError("leads into a private network, which callbacks may not reach")
    if isinstance(address, IPv4Address) and str(address) != host:
        # What one library takes for an address, the next takes for a name.
        raise BadCallbackError(f"must spell the address {address} as it is usually written")
    if parts.scheme != "https":
        in_reach = bool(allow) if address is None else allowed(address, allow)
        if not in_reach:
            raise BadCallbackError("must begin with https://")


def host_of(url: str) -> str:
    """The host in the form in which hosts are compared."""
    host = unicodedata.normalize("NFKC", urlsplit(url).hostname or "")
    return host.translate(_DOTS).rstrip(".").lower()


def literal(host: str) -> Address | None:
    """The address that a host spells out, in any of the forms that systems accept."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        # 2130706433, 0x7f000001, 0177.0.0.1, 127.1: what the system's own resolver would take.
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def _is_public(address: Address) -> bool:
    if any(address in network for network in _INSIDE):
        return False
    if isinstance(address, IPv6Address) and address not in _PUBLIC_V6:
        return False
    return address.is_global and not address.is_multicast
