"""What does a customer see? Nothing here may show what is internal."""
