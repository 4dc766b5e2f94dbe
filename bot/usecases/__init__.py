"""The verbs: one file, one function, one transaction each."""
