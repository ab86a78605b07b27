"""Rounding: how far floating-point arithmetic may carry a softmax, a row normalisation or a matrix product."""
