"""Rounding, run and measured: the allowances evaluated for arrays, and the errors of JAX against them."""
