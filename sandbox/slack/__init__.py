"""How does the pretend Slack behave? Web API, signed interactions, events."""
