"""Small general facts that the claims of several rooms lean on, each a registered claim, fully proved."""
