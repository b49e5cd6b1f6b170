"""How does the pretend Teams behave? Connector API, keys, signed activities."""
