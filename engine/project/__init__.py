"""The project as a whole: the only writer of the store; every verb returns Changes."""
