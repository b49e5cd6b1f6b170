"""How are HTTP connections taken, bounded and ended?"""
