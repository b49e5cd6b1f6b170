"""What can someone make happen? One file per verb; plain functions of a transaction and a click."""
