"""The fault tests: `make chaos`. Real processes, killed, stopped and cut off."""
