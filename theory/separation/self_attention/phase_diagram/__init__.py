"""A5. The phase diagram in (n, a): where softmax finds the needle, how sharply, and where firing sets in."""
