"""CVs: what is read from one, and the port of who reads it. The reader itself is `ml/cv`."""
