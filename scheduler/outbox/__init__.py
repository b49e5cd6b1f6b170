"""How is the outbox drained? In order per destination, one at a time."""
