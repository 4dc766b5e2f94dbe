"""Looks whether everything is as the bot needs it, and says what to do where it is not."""
