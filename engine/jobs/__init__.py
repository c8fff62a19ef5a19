"""Long work: one module a job, each `run(spec, emit, stop)`; what may be asked for is in engine.jobs.spec."""
