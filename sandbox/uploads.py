"""Where an app posts a file's bytes, and where the page reads them."""

from aiohttp import BodyPartReader, StreamReader, web

from sandbox.box import SANDBOX
from sandbox.wire import Carried, answered, json_response


async def upload(request: web.Request) -> web.Response:
    """Take the bytes of an announced file, bare or as a form's only file."""
    workspace = request.app[SANDBOX].workspace
    ticket = request.match_info["ticket"]
    found = next((file for file in workspace.files.values() if file.ticket == ticket), None)
    content = await _content(request, found.length if found else 0)

    def carry_out() -> Carried:
        if found is None or found.content is not None:
            # The address is good for one file, once.
            return json_response({"ok": False, "error": "invalid_url"}, status=404), "unknown"
        if len(content) != found.length:
            said = {"ok": False, "error": "wrong_length"}
            return json_response(said, status=400), f"{found.id} · wrong length"
        found.content = content
        return web.Response(text=f"OK - {len(content)}"), found.id

    return await answered(request, workspace, "upload", ticket, carry_out)


async def download(request: web.Request) -> web.Response:
    """Show an image; hand anything else over as a file, so that it cannot run here."""
    file = request.app[SANDBOX].workspace.files.get(request.match_info["file"])
    if file is None or file.content is None:
        raise web.HTTPNotFound
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    if file.image_type is None:
        headers["Content-Disposition"] = "attachment"
    return web.Response(
        body=file.content,
        content_type=file.image_type or "application/octet-stream",
        headers=headers,
    )


async def _content(request: web.Request, length: int) -> bytes:
    """Read at most one byte more than was announced."""
    source: StreamReader | BodyPartReader = request.content
    if request.content_type == "multipart/form-data":
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            return b""
        source = part
    gathered = bytearray()
    while len(gathered) <= length:
        chunk = await (
            source.read_chunk() if isinstance(source, BodyPartReader) else source.readany()
        )
        if not chunk:
            break
        gathered += chunk
    return bytes(gathered)
