"""The lemmas, attacked."""
