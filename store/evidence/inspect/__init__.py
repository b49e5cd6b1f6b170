"""What is in a file? Kind, metadata, preview; in a process of its own."""
