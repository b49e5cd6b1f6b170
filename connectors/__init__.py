"""Whom do we call? The only outbound traffic to third parties."""
