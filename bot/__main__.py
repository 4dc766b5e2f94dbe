"""`python -m bot`."""

import gc
import sys
from typing import Any, cast

# Nothing of what is imported is garbage: looking for it meanwhile takes a tenth of the start, and
# looking through it again later on takes time from whoever waits.
gc.disable()
# The log's library loads a painter of terminals where it finds one: a tenth of the start and
# 5 MiB, for tracebacks that would print variables, and with them keys and questions.
cast("dict[str, Any]", sys.modules).setdefault("rich", None)

from bot.cli import main  # noqa: E402

gc.freeze()
gc.enable()
main()
