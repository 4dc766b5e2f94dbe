"""What is learned from people's decisions: pure maths, with a guarantee where one is stated."""
