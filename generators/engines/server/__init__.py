"""What the openai_server engine is made of."""
