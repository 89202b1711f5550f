"""What the platform takes: time, memory. Each prints name=value and a floor measured in the same run."""
