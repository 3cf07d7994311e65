"""Rules about what questions and answers say."""
