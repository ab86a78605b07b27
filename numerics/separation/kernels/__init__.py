"""Other kernels on the needle construction, run and attacked."""
