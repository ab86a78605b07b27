"""The rooms of `theory`, as running JAX code: measurements, attacks and sweeps."""
