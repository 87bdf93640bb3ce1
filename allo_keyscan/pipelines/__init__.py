"""What a CI pipeline's variables say of its run, and the commits that are new in it.

`document` reads the file of the event; `runs` turns variables and event into a `Run`, by rules/ci.toml and without git;
`commits` asks git which commits that comes to. Whatever variables hold was written by others: a value is a commit's id
or a branch's name, or it is refused; none becomes an option or a revision expression of git.
"""
