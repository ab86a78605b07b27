"""The door to the toolkit: the command line, the pytest plugin, and the store of evidence behind both."""
