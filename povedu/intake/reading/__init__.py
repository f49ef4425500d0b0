"""Reading foreign files: bytes in, columns of typed cells out, inside a limited child process.

Nothing in this package imports Django, touches the database or opens a file: the child that runs
it has no business with any of them.
"""
