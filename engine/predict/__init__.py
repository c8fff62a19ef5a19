"""From photos to features and probabilities, as fast as the machine allows. Imports torch."""
