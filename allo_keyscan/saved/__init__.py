"""Saved reports, read back.

- values.py: JSON that report/<kind>_json wrote -> the values of the model.
- documents.py: a file's text -> the report in it, of whichever command and whether JSON or JSON lines.
"""
