"""How does Slack reach us? Verify, payload to Click, Reply to response."""
