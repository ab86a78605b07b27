"""The self-attention needle construction of Deng, Song, Yuan and Zhou (arXiv 2310.11685), statement by statement."""
