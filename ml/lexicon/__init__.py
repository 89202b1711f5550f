"""The words of the Mexican labour market: titles and skills with what else they are called, in Spanish and English.

`titles.yml` and `skills.yml` are written by people, one entry a line; `ambiguous.yml` lists the few forms that name
several titles or skills. `reading.py` reads and checks them. Whoever reads them keeps what was read; what a text means
is not decided here, and the regular feminine of a form ("cajero", "cajera") is derived by whoever compares texts.
"""
