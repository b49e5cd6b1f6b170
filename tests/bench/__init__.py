"""How fast is it, against a floor measured in the same run? `make bench`."""
