"""A simulated candidate talks to the real models, the real actions and a real database (`make simulate`).

`stage.py` and `__main__.py` run in the app's environment, `driver.py` in Rasa's; `person.py`, `moods.py` and
`judge.py` are plain Python for both.
"""
