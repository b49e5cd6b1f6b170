"""What is still to be sent, what was posted where, which alerts are open?"""
