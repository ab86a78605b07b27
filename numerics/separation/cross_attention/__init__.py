"""The cross-attention needle as running JAX code."""
