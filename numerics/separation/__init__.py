"""Separations, run and measured."""
