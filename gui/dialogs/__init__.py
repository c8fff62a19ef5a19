"""Questions asked in their own window; opened with open(), never exec()."""
