"""Documents, the claims in them and the queries behind them: parse and check, open no file."""
