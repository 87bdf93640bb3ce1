"""The key search over a repository's history: every object once, then names, commits and refs for what was found.

search: objects -> findings whose paths are ids.  trace: ids -> places, commits, refs.  run: both, and what lies beside
the objects.  advice: what to do about a key, given where it lives.
"""
