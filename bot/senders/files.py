"""Pictures for Slack: announced, their bytes posted, and shared in a thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.outgoing import Later, Never, Outcome, Refused, Sent, Unsure
from bot.senders.answers import reason_of, refusal
from bot.senders.payloads import cursor_in, files_in, text_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.drawn import Picture

_UPLOAD_SECONDS = 20
# A thread is short; what is looked for was shared lately.
_MOST_PAGES, _PAGE = 20, 200
# Seconds by which our clock and Slack's may differ.
_SKEW = 120
_BROKEN = (SlackClientError, ClientError, OSError, TimeoutError)
# What no later try would mend: somebody has to change something in Slack.
_NEVER = {
    "alt_txt_too_large", "file_type_not_allowed", "file_upload_size_restricted",
    "file_uploads_disabled", "file_uploads_except_images_disabled", "invalid_channel",
    "storage_limit_reached",
}  # fmt: skip


class FileSender:
    """Sends pictures through a client whose own retries are switched off."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def upload(self, pictures: Sequence[Picture]) -> tuple[str, ...] | Later | Never:
        """Slack's ids of the files, which nobody sees yet: doing it again harms nothing."""
        ids = []
        for picture in pictures:
            found = await self._upload(picture)
            if not isinstance(found, str):
                return found
            ids.append(found)
        return tuple(ids)

    async def _upload(self, picture: Picture) -> str | Later | Never:
        try:
            announced = await self._client.files_getUploadURLExternal(
                filename=picture.name, length=len(picture.content), alt_txt=picture.alt
            )
        except SlackApiError as error:
            return _kept_private(error)
        except _BROKEN as error:
            return Later(reason=type(error).__name__)
        file_id = text_or_none(announced.get("file_id"))
        url = text_or_none(announced.get("upload_url"))
        if file_id is None or url is None:
            return Later(reason="odd_answer")
        taken = await self._post(url, picture.content)
        return file_id if taken is None else taken

    async def _post(self, url: str, content: bytes) -> Later | None:
        """None: Slack has all of it. The address is good for one file only."""
        session = self._client.session
        assert session is not None  # noqa: S101 - the house gives its client one
        try:
            async with (
                asyncio.timeout(_UPLOAD_SECONDS),
                session.post(
                    url,
                    data=content,
                    headers={"Content-Type": "application/octet-stream"},
                    allow_redirects=False,
                ) as answer,
            ):
                return None if answer.status == 200 else Later(reason=f"upload {answer.status}")
        except (ClientError, OSError, TimeoutError) as error:
            return Later(reason=type(error).__name__)

    async def share(
        self, files: Sequence[tuple[str, str]], *, channel: str, thread_ts: str
    ) -> Outcome:
        """Each id with its title, as one message in the thread.

        Refused: Slack does not know the files (any more). What it has taken once it does not take
        again, so a second try under the same ids shows nothing twice.
        """
        try:
            await self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title} for file_id, title in files],
                channel_id=channel,
                thread_ts=thread_ts,
            )
        except SlackApiError as error:
            if reason_of(error) in {"file_not_found", "access_denied"}:
                return Refused(reason=reason_of(error))
            if reason_of(error) in _NEVER:
                return Never(reason=reason_of(error))
            return refusal(error, "post")
        except _BROKEN as error:
            return Unsure(reason=type(error).__name__)
        return Sent(channel=channel, ts=thread_ts)

    async def shared_in(
        self, files: Sequence[str], *, channel: str, thread_ts: str, since: datetime
    ) -> Sent | Later | None:
        """Whether one of the files stands in the thread; None: none does, as far as we may see."""
        cursor = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._client.conversations_replies(
                    channel=channel,
                    ts=thread_ts,
                    oldest=f"{since.timestamp() - _SKEW:.6f}",
                    limit=_PAGE,
                    cursor=cursor,
                )
                if files_in(page.data) & {*files}:
                    return Sent(channel=channel, ts=thread_ts)
                cursor = cursor_in(page.data)
                if not cursor:
                    return None
        except SlackApiError as error:
            outcome = refusal(error, "history")
            if isinstance(outcome, Later):
                return outcome
            return None if isinstance(outcome, Never) else Later(reason=outcome.reason)
        except _BROKEN as error:
            return Later(reason=type(error).__name__)
        return None


def _kept_private(error: SlackApiError) -> Later | Never:
    """Of a call that shows nothing to anybody: what is not clear is simply done again."""
    if reason_of(error) in _NEVER:
        return Never(reason=reason_of(error))
    outcome = refusal(error)
    return outcome if isinstance(outcome, Later | Never) else Later(reason=outcome.reason)
