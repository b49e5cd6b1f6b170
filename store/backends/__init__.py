"""How does each database run units of work?"""
