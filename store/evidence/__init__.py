"""What did people hand in? Files, stored by what is in them."""
