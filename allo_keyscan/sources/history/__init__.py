"""A repository's whole history as values: its objects, what they hold, who brought them, what still has them.

ahead: what git is asked while this program loads.  home: where git keeps what, and what it does not have (shallow,
partial, grafted).  objects: every object, in compact arrays.  stream: their bytes, as git writes them.  commits: the
graph.  changes: which commits put an object where.  paths: one name of an object.
refs: branches, tags, stash, notes, reflogs.  index: what is staged.  files: the text that lies beside the objects.
lost: what is named and not here.  ranges: the commits of a range, and of a push.
"""
