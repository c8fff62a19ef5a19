"""What the photos are, before any network: finding them, listing them for a job, splitting them."""
