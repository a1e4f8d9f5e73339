"""Long work outside the requests that ask for it: one command at a time, in a process of its own, with its state in a file."""
