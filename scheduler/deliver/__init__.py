"""How is one outbox row delivered? One file an effect."""
