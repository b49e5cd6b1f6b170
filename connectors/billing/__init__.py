"""Whose invoices are disputed? One folder a billing platform."""
