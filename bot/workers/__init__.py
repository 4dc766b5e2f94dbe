"""What goes on without being asked: sending, ticking, waking."""
