"""Attention maps as running JAX code, one small API for all of them. See `numerics.maps.attention` and `registry`."""
