"""What do we remember? The only SQL."""
