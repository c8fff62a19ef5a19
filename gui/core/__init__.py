"""Qt without widgets: threads, settings, theme, notices; what every screen is given."""
