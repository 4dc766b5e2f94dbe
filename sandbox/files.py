"""Files: what is known of each, and which of them may be shown as pictures."""

import mimetypes
import secrets
from dataclasses import dataclass, field

from sandbox.records import Json
from sandbox.refusals import RefusedError

LARGEST = 50 * 1024 * 1024
# By their first bytes: only these are shown by the page, anything else is a download.
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


@dataclass(kw_only=True)
class File:
    """One file; without `content` it has only been announced."""

    id: str
    name: str
    length: int
    user: str
    created: int
    title: str = ""
    alt_txt: str = ""
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    content: bytes | None = None
    complete: bool = False
    # Where it was shared: channel → the messages' ts and thread_ts.
    shares: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def image_type(self) -> str | None:
        """The kind of image it is, by its content."""
        content = self.content or b""
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return "image/webp"
        return next((kind for start, kind in _IMAGES.items() if content.startswith(start)), None)

    def as_slack(self, base_url: str = "/") -> Json:
        """Slack's file object."""
        kind = self.image_type or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        answer: Json = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": kind,
            "filetype": self.name.rpartition(".")[2].lower() if "." in self.name else "binary",
            "user": self.user,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": bool(self.shares),
            "url_private": f"{base_url}files/{self.id}",
            "permalink": f"{base_url}files/{self.id}",
            "channels": list(self.shares),
            "shares": {"public": self.shares} if self.shares else {},
        }
        return answer | ({"alt_txt": self.alt_txt} if self.alt_txt else {})


def check_pictures(files: dict[str, File], value: object, at: str = "/blocks") -> None:
    """Refuse blocks that show a file which is not there, no image, or still private."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            check_pictures(files, item, f"{at}/{index}")
    if not isinstance(value, dict):
        return
    if value.get("type") == "image" and isinstance(value.get("slack_file"), dict):
        asked = value["slack_file"]
        shown = any(
            file.complete
            and file.image_type is not None
            and file.shares
            and (file.id == asked.get("id") or str(asked.get("url", "")).endswith(f"/{file.id}"))
            for file in files.values()
        )
        if not shown:
            problem = f"invalid slack file [json-pointer:{at}/slack_file]"
            raise RefusedError("invalid_blocks", [problem])
    for key, item in value.items():
        check_pictures(files, item, f"{at}/{key}")
