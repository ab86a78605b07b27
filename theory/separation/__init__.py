"""Separations: tasks that one attention map solves and another cannot."""
