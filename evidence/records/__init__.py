"""PubMed records: bytes to tables, retraction states, reports to studies."""
