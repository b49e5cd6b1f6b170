"""Slack's side of the wire: Web API, signed interactions, events."""
