"""How is the Teams connector API called? The SDK stays in `sdk.py`."""
