"""Who is told when delivery stands still, and when it goes on?"""
