"""What attention maps cost when they run: operations as XLA counts them, memory, and the clock."""
