"""What a person or a tool reads about a dataset."""
