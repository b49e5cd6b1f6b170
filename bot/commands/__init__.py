"""What can be done from a terminal beside serving? One file a command."""
