"""The key search over sources: blobs -> findings -> suppressed or accepted -> report.

blob: one blob.  lines: offsets to places.  python: keys put together from pieces.  reading: files and streams.
parallel: several processes.  run: the whole scan of a work tree, the index or standard input.
"""
