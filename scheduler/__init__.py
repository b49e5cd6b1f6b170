"""What happens by itself? The only clock."""
