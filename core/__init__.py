"""What are the rules? Pure: no I/O, no clock, no framework."""
