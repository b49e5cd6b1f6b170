"""How does the pretend Teams answer the connector API? Posts, rosters, errors."""
