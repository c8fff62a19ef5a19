"""The command line: one module a group of commands, on the same project and jobs as the window."""
