"""The Qt-free half of Fieldmark: projects, photos, models, scores. Serves the GUI, the command line and the tests."""

__version__ = "0.1.0"
