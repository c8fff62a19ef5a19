"""Networks and what belongs to them: weights, preprocessing, devices, bundles. Imports torch."""
