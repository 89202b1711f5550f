"""The ranker: semantic similarity of USE-multilingual, with skills, place, salary and experience."""

from ml.ranking.ranker import SemanticRanker

__all__ = ["SemanticRanker"]
