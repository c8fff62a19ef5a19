"""The screens of the window; each takes the session, none imports another."""
