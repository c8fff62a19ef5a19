"""Numbers from predictions: arrays in, frozen results out. NumPy only, so the interface may use it."""
