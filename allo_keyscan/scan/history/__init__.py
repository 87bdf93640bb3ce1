"""The key search over a repository's history: every object once, then names, commits and refs for what was found.

search: objects -> findings whose paths are ids.  trace: ids -> places, commits, refs.  lives: findings at their places.
teller: between which commits a key lives.  advice: what to do about it.  run: all of it, and what lies beside the
objects.  kept: the objects that need not be read again.  commits: the same search for a range or a push.
"""
