"""The customers' mailboxes of the demo."""
