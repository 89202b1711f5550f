"""Learning plans: what the vacancies of a person's wish ask for and they do not show yet, step by step."""
