"""Certainty, findings, the verdict on a claim and the sentence that says it."""
