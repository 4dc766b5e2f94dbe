"""A stand-in for Slack: Web API, signed deliveries, and a page to click in."""
