"""How is SQL written once and run on both databases?"""
