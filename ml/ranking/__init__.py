"""The ranker: semantic similarity of our own model, with skills, place, salary and experience."""

from ml.ranking.ranker import SemanticRanker

__all__ = ["SemanticRanker"]
