"""Processes: the child that runs jobs, the line protocol, and who watches whom."""
