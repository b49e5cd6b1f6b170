"""What does a customer read in their mail?"""
