"""Effect sizes, pooling, counting directions, reviews: one stratum's evidence put together."""
