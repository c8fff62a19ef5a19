"""Speed as ratios: each row times ours and a rival or a limit in the same run, on the same photos."""
