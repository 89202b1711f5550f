"""How a message's intent is understood, without Rasa: words, n-grams, sentence vectors, classifier, scope, figures.

`bot/components/` puts it into Rasa's pipeline; `bot/judge_nlu.py` and `benchmarks/nlu.py` judge it.
"""
