"""What is remembered: the only room that speaks SQL, and the only one that commits."""
