"""How well titles are found: sets of queries with what is relevant, figures, and lexical floors."""
