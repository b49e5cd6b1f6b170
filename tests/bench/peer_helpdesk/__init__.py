"""What does django-helpdesk need to run? The smallest Django project, which `make bench-peers` serves."""
