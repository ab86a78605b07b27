"""What attention maps cost: operations counted product by product, and when one map is cheaper than another."""
