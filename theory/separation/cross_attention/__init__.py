"""The cross-attention needle: one key has a large logit, and what the values hold is to be read from it."""
