"""Who is asked, and what is decided by rule: the policy file and pure functions over it."""
