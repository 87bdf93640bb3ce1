"""Many repositories: one job each, in processes of their own, here or on other machines.

- *job*: one repository to be looked at, and what its process is told on standard input (jobs.py).
- *engine*: runs jobs and yields how each ended, as it ends: local.py in processes of this machine, cluster.py on Dask
  Distributed. An engine knows nothing of keys: it starts a command and takes what that writes.
- *journal*: the JSON lines that a run writes anyhow, read back so that the next run goes on behind them (journal.py).
- *shard*: one of n parts of a list, for machines that know nothing of each other (shards.py).
- *part*: a saved report, whole or of a shard, to be merged with others (parts.py).

cli/many drives all of them.
"""
