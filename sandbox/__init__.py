"""Can I try it without any account? The other side of every wire, on loopback."""
