"""Pictures: each takes the rows that its table shows, and draws them."""
