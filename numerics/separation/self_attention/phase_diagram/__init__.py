"""A5 measured and attacked: the weight on the needle as JAX computes it, and the bounds on the heights."""
