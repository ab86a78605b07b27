"""A pytest plugin in which every claim and method is an item, for this repository and for anyone's own claims."""
