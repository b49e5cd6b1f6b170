"""What does a customer see in a browser? The form, uploads, the status page."""
