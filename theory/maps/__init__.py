"""Every attention map as mathematics: one object a map in `catalogue`, and its identities as claims."""
