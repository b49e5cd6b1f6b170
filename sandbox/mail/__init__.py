"""What mail do the demo's customers get, and how do they answer it?"""
