"""The trusted base: exact evaluation in Arb, three-valued comparison, proof search, certificates and their re-check."""
