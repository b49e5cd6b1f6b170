"""How does the pretend Slack answer the Web API? One file a family of methods."""
