"""What is looked at again and again? Deadlines, files, digests."""
