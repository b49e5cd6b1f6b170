"""The Teams side of the wire: connector API, keys, signed activities."""
