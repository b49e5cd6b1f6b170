"""CAN I TRY IT WITHOUT ANY ACCOUNT? The other side of every wire, on loopback."""
