"""Is the installation sound? What `ombud check` looks at, and how it reports."""
