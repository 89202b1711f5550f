"""Points, levels, badges and rewards (C16). What a person earns never reaches `huntred.matching` or `ml`."""
