"""What `make bench` measures: the bot as operators run it, beside a floor of the same run."""
