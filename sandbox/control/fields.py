"""Fields of a control request, each of the kind it must have."""

from sandbox.records import Json
from sandbox.refusals import ControlError

Kind = tuple[type, ...]
TEXT: Kind = (str,)
FLAG: Kind = (bool,)
NUMBER: Kind = (int,)
SECONDS: Kind = (int, float)


class ListOf:
    """A list whose items are all of one kind."""

    def __init__(self, kind: Kind) -> None:
        """Hold items of `kind`."""
        self.kind = kind

    def holds(self, value: object) -> bool:
        """Whether `value` is such a list."""
        return isinstance(value, list) and all(_is(item, self.kind) for item in value)


NAMES = ListOf(TEXT)
Kinds = dict[str, Kind | ListOf]


def only(given: Json, kinds: Kinds) -> Json:
    """Copy the fields given; unknown ones and wrong kinds are a mistake of the caller."""
    unknown = sorted(set(given) - set(kinds))
    if unknown:
        raise ControlError("unknown_field", status=400, fields=unknown, known=sorted(kinds))
    for name, value in given.items():
        kind = kinds[name]
        if not (kind.holds(value) if isinstance(kind, ListOf) else _is(value, kind)):
            raise ControlError("wrong_kind", status=400, field=name)
    return dict(given)


def one_of(known: tuple[str, ...], *asked: str) -> None:
    """Refuse names that are not known."""
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise ControlError("unknown_name", status=400, names=unknown, known=sorted(known))


def _is(value: object, kind: Kind) -> bool:
    # A bool is an int to Python, and not to anybody else.
    return isinstance(value, kind) and (bool in kind or not isinstance(value, bool))
