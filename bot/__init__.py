"""Pullcord: agents pull the cord, a person in Slack answers, the agent goes on."""
