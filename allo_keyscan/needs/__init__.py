"""Calls, and the scopes that keys have -> what each key needs, what it lacks, what it has too much; findings. Pure."""
