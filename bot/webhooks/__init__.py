"""How do outside systems call back? One file a system: verify, drop repeats, hand over."""
