"""NLU components of ours; config.yml names them by their module path."""
