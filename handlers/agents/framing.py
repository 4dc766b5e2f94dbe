"""What goes wrong before a request has an address: it is answered as a problem document too."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from handlers.agents.problems import of_http, problem

if TYPE_CHECKING:
    from aiohttp.web_request import BaseRequest

log = logging.getLogger("pullcord.agents")


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it quotes what was sent
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            # As aiohttp does: half an answer is out, a second one would only confuse.
            raise ConnectionError("The answer is on its way already.")
        if status < 500:
            # The sender's mistake, and often only noise from a scanner.
            log.debug("request.unreadable", exc_info=exc)
            answer = problem(
                "bad_request",
                "The request is not proper HTTP/1.1: its first line, a header or the framing of "
                "the body is wrong or too long.",
                status=status,
            )
        else:
            log.error("request.failed", exc_info=exc)
            answer = problem("internal", "Something went wrong here.")
        answer.force_close()
        return answer

    async def finish_response(
        self, request: BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        # A refused `Expect` is raised outside of every middleware.
        if isinstance(resp, web.HTTPException) and not request.path.startswith("/slack/"):
            resp = of_http(resp)
        return await super().finish_response(request, resp, start_time)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class ProblemRunner(web.AppRunner):
    """An AppRunner that answers with a problem document even what is not quite HTTP.

    aiohttp lets an application choose neither the class of its connections nor its server's;
    a test fails if a later aiohttp makes this differently.
    """

    def __init__(self, app: web.Application, **settings: Any) -> None:
        # Unpacking is refused at the door (415), so nobody can make us unpack anything.
        super().__init__(app, **{"access_log": None, "auto_decompress": False} | settings)

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server
