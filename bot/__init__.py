"""How does it start, and how does the outside reach it?"""
