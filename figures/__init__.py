"""The figures, one module each, with tables apart from drawing.

A figure is a module of this package with

- `data() -> Table`: computes the table, a list of rows, each a mapping from column name to int, float or str;
- `plot(table: Table) -> matplotlib.figure.Figure`: draws a table that was read from `figures/data/NAME.csv`;
- `CLAIMS`: the ids of the claims that it draws. It is not drawn while one of them is not in order.

`figures.gallery` finds them, reads and writes the tables, compares a table with a newly computed one, and saves
drawings whose bytes are the same from run to run.
"""
