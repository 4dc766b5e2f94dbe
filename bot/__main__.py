"""`python -m bot`."""

import gc

# Nothing of what is imported is garbage: looking for it meanwhile takes a tenth of the start, and
# looking through it again later on takes time from whoever waits.
gc.disable()

from bot.cli import main  # noqa: E402

gc.freeze()
gc.enable()
main()
