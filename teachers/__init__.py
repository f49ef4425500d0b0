"""People who teach: posts, postings, recruitment, training, allowances."""
