"""What would a document do by itself, once somebody opens it?"""
