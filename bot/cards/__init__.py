"""Domain in, Block Kit out: what people see in Slack. No input, no output, no clock."""
