"""How does it start, and how do Slack and Teams reach it?"""
