"""The self-attention needle construction as running JAX code."""
