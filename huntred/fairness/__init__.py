"""What people said of themselves for statistics alone, and the impact ratio that it tells: read by nobody else."""
