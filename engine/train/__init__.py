"""Learning: from features and labels to a model. Imports torch or scikit-learn."""
