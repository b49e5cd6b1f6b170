"""Would Teams take this card? What it may look like, and what is pressed on it."""
