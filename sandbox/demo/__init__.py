"""What happens in the demo? The company, its customers, and the story that is played."""
