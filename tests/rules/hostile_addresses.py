"""Some hundred ways to write an address that a callback must not reach."""

from __future__ import annotations

from ipaddress import IPv4Address

#: Addresses inside somebody's house, and why.
INSIDE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.254", "172.16.0.1",
    "172.31.255.254", "192.168.0.1", "192.168.255.254", "169.254.169.254", "169.254.0.1",
    "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.254",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "192.88.99.1",
]  # fmt: skip
INSIDE_V6 = [
    "::", "::1", "fe80::1", "fe80::1%25eth0", "fc00::1", "fd12:3456:789a::1", "fec0::1", "ff02::1",
    "ff0e::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "4000::1", "5f00::1", "3fff::1",
]  # fmt: skip
#: Circled and full-width digits, which resolvers read as plain ones.
_ODD_DIGITS = {
    "①": str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"),
    "full": str.maketrans("0123456789.", "０１２３４５６７８９。"),
}


def spellings(address: str) -> list[str]:
    """Hosts that mean this IPv4 address to one system or another."""
    number = int(IPv4Address(address))
    a, b, c, d = (number >> shift & 255 for shift in (24, 16, 8, 0))
    dotted = f"{a}.{b}.{c}.{d}"
    return [
        dotted,
        f"{dotted}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"{a}.{b}.{(c << 8) + d}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"[::ffff:{dotted}]",
        f"[::{dotted}]",
        dotted.translate(_ODD_DIGITS["①"]),
        dotted.translate(_ODD_DIGITS["full"]),
    ]


def corpus() -> list[str]:
    """Whole addresses; each must be refused before, or at the moment of, connecting."""
    hosts = [host for address in INSIDE for host in spellings(address)]
    hosts += [f"[{address}]" for address in INSIDE_V6]
    return [f"https://{host}/hook" for host in hosts] + [
        f"https://{host}:8443/hook" for host in hosts[:60]
    ]
