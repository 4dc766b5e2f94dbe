"""What people ask behind `/pullcord`: one table of words, one function each."""
