"""The pages: they show what the snapshot holds and derive nothing."""
