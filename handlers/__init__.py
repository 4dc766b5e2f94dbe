"""The doors: each reads what came, calls one verb, and answers."""
