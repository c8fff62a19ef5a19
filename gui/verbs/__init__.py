"""What the user does, from the dialog to the project; each verb takes the session and the window it asks in."""
