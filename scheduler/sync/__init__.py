"""Who is in the workspace? People and channel members, read from Slack and Teams."""
