"""One way to read a photo, for thumbnails, viewing and training alike."""
