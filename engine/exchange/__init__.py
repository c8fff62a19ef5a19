"""Reading and writing labelled photos in the forms of other tools: files alone, no project and no database."""
