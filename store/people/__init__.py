"""Whom do we know, on which platform, and which channels are they in?"""
