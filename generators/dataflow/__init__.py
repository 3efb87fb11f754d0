"""What a worked solution computes from what: equations, operands, mentions, and where each value comes from."""
