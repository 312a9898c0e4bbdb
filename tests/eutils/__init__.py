"""A loopback E-utilities server: the real one's rules, on invented records, with faults by plan."""
