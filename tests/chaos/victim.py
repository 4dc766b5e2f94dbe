"""`python -m bot serve` that dies at a step: `python -m tests.chaos.victim SIGNAL NTH STEP`.

The bot itself knows nothing of this: the step's function is wrapped from outside.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from tests.chaos.steps import Step, named

if TYPE_CHECKING:
    from collections.abc import Callable


def wrap(step: Step, strike: Callable[[], None]) -> None:
    """From now on `strike` is called before, or after, whatever the step does."""
    owner: Any = importlib.import_module(step.module)
    *inside, name = step.attribute.split(".")
    for part in inside:
        owner = getattr(owner, part)
    work = getattr(owner, name)

    if inspect.iscoroutinefunction(work):

        @functools.wraps(work)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            if step.when == "before":
                strike()
            result = await work(*args, **kwargs)
            if step.when == "after":
                strike()
            return result
    else:

        @functools.wraps(work)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if step.when == "before":
                strike()
            result = work(*args, **kwargs)
            if step.when == "after":
                strike()
            return result

    setattr(owner, name, wrapped)


def main(signal_name: str, nth: str, step_name: str) -> None:
    passes = itertools.count(1)

    def strike() -> None:
        if next(passes) == int(nth):
            os.kill(os.getpid(), signal.Signals[signal_name])

    wrap(named(step_name), strike)
    from bot.cli import main as bot

    sys.argv = ["bot", "serve"]
    bot()


if __name__ == "__main__":
    main(*sys.argv[1:])
