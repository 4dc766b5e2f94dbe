"""`python -m sandbox`: a Slack to click in, on your own machine."""

import argparse
import asyncio
import signal
import sys

from aiohttp import web

from sandbox.server import APP_TOKEN, BOT_TOKEN, EVENTS_URL, SIGNING_SECRET, make_app


def main() -> int:
    """Serve until interrupted; print the page's address when it is there."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3200)
    parser.add_argument("--events-url", default=EVENTS_URL, help="where clicks are delivered")
    parser.add_argument("--signing-secret", default=SIGNING_SECRET)
    parser.add_argument("--bot-token", default=BOT_TOKEN)
    parser.add_argument("--app-token", default=APP_TOKEN, help="for Socket Mode")
    parser.add_argument("--no-pacing", action="store_true", help="without Slack's rate limits")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error.strerror}.\n")
        return 2
    return 0


async def _serve(options: argparse.Namespace) -> None:
    app = make_app(
        signing_secret=options.signing_secret,
        bot_token=options.bot_token,
        app_token=options.app_token,
        pacing=not options.no_pacing,
        events_url=options.events_url,
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        sys.stdout.write(f"Sandbox: {_address(runner)}\n")
        sys.stdout.flush()
        await _until_told_to_stop()
    finally:
        await runner.cleanup()


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}/"


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
