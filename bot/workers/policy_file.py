"""The policy file while the bot runs: a changed one is taken over, a wrong one is not."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from typing import TYPE_CHECKING

import structlog

from bot import observe
from bot.cards import wording_operators
from bot.domain.outgoing import Alert
from bot.policy.load import LARGEST, PolicyError, load
from bot.usecases.tell import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bot.policy.book import Book
    from bot.usecases.desk import Desk

log = structlog.get_logger()

#: Two looks that find the same file make a change, so it is in force within 5 s (contract §2).
LOOK_SECONDS = 1.0


def read_book(path: Path) -> Book:
    """The policy in a file. Blocks. Raises PolicyError, and OSError when it cannot be read."""
    # A pipe or a device in its place must neither hold us up nor fill the memory.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        with open(handle, "rb", closefd=False) as file:
            raw = file.read(LARGEST + 1)
    finally:
        os.close(handle)
    return load(raw, str(path))


def say_what_is_idle(book: Book, file: str) -> None:
    """In the log, for whoever believes that these keys work already."""
    for idle in book.idle:
        log.warning(
            "policy.not_acted_on", file=file, line=idle.line, key=idle.key, instead=idle.instead
        )


class PolicyFile:
    """Keeps the desk's book to the file. The last good book stays, whatever becomes of the file."""

    def __init__(self, path: Path, desk: Desk, then: Callable[[], Awaitable[object]]) -> None:
        """`then` is awaited after each change of the book."""
        self._path = path
        self._desk = desk
        self._then = then
        self._seen: object = None
        self._settled: object = None
        self._asked = False
        self._owes_then = False
        #: What is wrong with the file, without its words; None while it is in force.
        self.trouble: str | None = None
        #: The wrong file that the operators know of already.
        self._told: str | None = None

    def hurry(self) -> None:
        """The next look takes the file as it is: the operator says that it is ready."""
        self._asked = True

    async def look(self) -> None:
        """Take a changed file over, once it has stood still from one look to the next.

        A file that is just being written is no news, and half of it may be a valid policy.
        Raises UnavailableError; the next look goes on where this one stopped.
        """
        asked, self._asked = self._asked, False
        before, self._seen = self._seen, await asyncio.to_thread(_mark, self._path)
        if not asked and (self._seen != before or self._seen == self._settled):
            return
        outcome, after = await asyncio.to_thread(_try, self._path)
        if after != self._seen:
            return  # somebody wrote while we read
        match outcome:
            case PolicyError(findings=findings):
                trouble = f"line {findings[0].line} is wrong"
                await self._keep(trouble, str(outcome), more=len(findings) - 1)
            case OSError():
                trouble = f"it cannot be read ({outcome.strerror})"
                await self._keep(trouble, f"{self._path}: {trouble}", more=0)
            case _:
                await self._take(outcome)
        self._settled = after

    async def _take(self, book: Book) -> None:
        before = self._desk.book.version
        self.trouble = self._told = None
        observe.POLICY_STALE.set(0)
        if book.version != before:
            # The swap: whoever has begun goes on with the book they took.
            self._desk.book = book
            self._owes_then = True
            log.info(
                "policy.reloaded",
                version=book.version,
                before=before,
                routes=len(book.routes),
                rules=len(book.rules),
            )
            say_what_is_idle(book, str(self._path))
        if self._owes_then:
            await self._then()
            self._owes_then = False

    async def _keep(self, trouble: str, words: str, *, more: int) -> None:
        self.trouble = trouble
        observe.POLICY_STALE.set(1)
        if self._told == words:
            return
        log.error("policy.wrong", kept=self._desk.book.version, findings=words.splitlines())
        await tell(
            self._desk, Alert(text=wording_operators.policy_kept(words.partition("\n")[0], more))
        )
        self._told = words


def _try(path: Path) -> tuple[Book | PolicyError | OSError, object]:
    """What is in the file, and which file that was."""
    try:
        return read_book(path), _mark(path)
    except (PolicyError, OSError) as error:
        return error, _mark(path)


def _mark(path: Path) -> object:
    """What changes whenever the file does: another file, another length, another moment."""
    try:
        found = path.stat()
    except OSError as error:
        return error.errno
    return found.st_ino, found.st_dev, found.st_size, found.st_mtime_ns, found.st_ctime_ns
