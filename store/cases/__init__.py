"""Where are cases and their timelines?"""
