"""Claims of one's own, examined by this toolkit."""
