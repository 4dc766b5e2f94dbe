"""What learned thresholds and boundaries are worth, on played worlds and on labels of people."""
