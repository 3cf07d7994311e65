"""Rules about secrets, personal data and language, which run only where they are asked for."""
