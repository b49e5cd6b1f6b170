"""How does Teams reach us? Verify, activity to Click, Reply to response."""
