"""From what was found to the answer to a claim: certainty, findings, verdicts and their words.

Pure: frozen objects of ``evidence.judgements`` and the protocol in, frozen objects out. It must
not know tables, files, pages or the other stages.
"""
