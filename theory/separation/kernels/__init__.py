"""Other kernels on the needle construction: what their gain is, and from which degree on it is enough."""
