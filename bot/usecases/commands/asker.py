"""Who asks, and what they may see: the policy's word at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cards import wording_command, wording_people
from bot.domain.errors import ForbiddenError
from bot.domain.people import Actor, Clicker
from bot.policy.allowed import routes_of, tiers_of, why_no_admin, why_not
from bot.store.waiting import Scope
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.directory import Denial, Directory
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_NEVER = {"bot", "deactivated", "foreign", "guest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person whom Slack's signature vouches for, before the policy in force."""

    clicker: Clicker
    book: Book
    directory: Directory
    #: Why they are none of the policy's admins; None: they are one.
    no_admin: Denial | None
    #: The routes that ask them.
    routes: frozenset[str]
    #: Others that ask them from a tier on, and from which.
    raised: Mapping[str, int]
    #: The channel in which they ask, by its id and by its `#name`.
    places: tuple[str, ...] = ()

    @property
    def admin(self) -> bool:
        return self.no_admin is None

    def actor(self) -> Actor:
        known = self.directory.people.get(self.clicker.id)
        return Actor(
            type="human",
            id=self.clicker.id,
            display_name=known.display_name if known else self.clicker.name,
            authenticated_by="slack",
            via="command",
        )

    def check_admin(self, this: str) -> None:
        """Raises ForbiddenError, which says who may do `this`."""
        if self.no_admin is not None:
            raise ForbiddenError(
                wording_people.denied(
                    self.no_admin, self.directory.now, self.book.timezone, this=this
                )
            )

    def check_reviews(self) -> None:
        """Raises ForbiddenError for those whom no route ever asks."""
        if not (self.admin or self.routes or self.raised):
            raise ForbiddenError(wording_command.REVIEWS_NOTHING)

    def sees(self, escalation: Escalation) -> bool:
        """Whether it asks them, on a route of its or since a tier; admins see everything."""
        return self.admin or any(
            why_not(
                self.book, self.directory, escalation, need,
                person=self.clicker, authors=frozenset(), agreeing=False,
            ) is None
            for need in (escalation.need, escalation.shown_need)
        )  # fmt: skip

    @property
    def visible(self) -> frozenset[str]:
        """The routes of which they may see something."""
        return frozenset(self.book.routes) if self.admin else self.routes | self.raised.keys()

    def asked(self) -> Scope:
        """What is open and asks them."""
        return self._of(self.routes, self.raised)

    def seen(self) -> Scope:
        """What is open and theirs to see: more for admins."""
        return Scope() if self.admin else self.asked()

    def on(self, route: str) -> Scope:
        """What is open on one route and theirs to see."""
        if self.admin or route in self.routes:
            return self._of(frozenset({route}), {})
        return self._of(frozenset(), {one: at for one, at in self.raised.items() if one == route})

    def _of(self, routes: frozenset[str], raised: Mapping[str, int]) -> Scope:
        # Questions of a route that the policy no longer has wait for those of the default one.
        default = self.book.default_route().name
        known = frozenset(self.book.routes) if default in routes else None
        return Scope(routes=routes, known=known, raised=raised)


async def recognise(desk: Desk, clicker: Clicker, places: tuple[str, ...] = ()) -> Asker:
    """Raises ForbiddenError for those to whom nothing is shown here."""
    return await desk.ledger.read(recognise_in, desk.book, desk.team_id, clicker, places)


def recognise_in(
    tx: Tx,
    book: Book,
    team_id: str | None,
    clicker: Clicker,
    places: tuple[str, ...] = (),
    *,
    fresh: bool = True,
) -> Asker:
    """The same within a transaction. Without `fresh` also what Slack has not confirmed lately
    asks them: enough to look, and not to do anything.
    """
    directory = read_directory(tx, book, team_id, {clicker.id}, groups=book.admins)
    if directory.bar(clicker.id, clicker.team_id) in _NEVER:
        raise ForbiddenError(wording_command.FOREIGN)
    # Whom it does not name we do not know: it may be a guest.
    if clicker.id not in book.people(directory):
        raise ForbiddenError(wording_command.NOT_NAMED)
    routes = routes_of(book, directory, clicker, fresh=fresh)
    raised = tiers_of(book, directory, clicker, fresh=fresh)
    return Asker(
        clicker=clicker,
        book=book,
        directory=directory,
        no_admin=why_no_admin(book, directory, clicker),
        routes=routes,
        raised={route: tier for route, tier in raised.items() if route not in routes},
        places=places,
    )
