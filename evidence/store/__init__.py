"""The one door to the disk: snapshots, raw replies, starter data, registry, models, decisions."""
