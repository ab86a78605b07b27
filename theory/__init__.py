"""What is claimed about attention maps, and why it is true: SymPy, exact rationals and Arb. Never imports JAX."""
