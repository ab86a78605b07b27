"""The figures, one module each: `data()` makes a table, `plot()` draws it. The tables in `figures/data` are committed."""
