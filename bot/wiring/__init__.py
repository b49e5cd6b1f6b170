"""Who is given what? The only place that knows everybody."""
