"""The steps between reading and writing: each says what is to be done, one function does it."""
