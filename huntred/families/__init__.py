"""Family groups (C20, Amigro): adults who look for work together, each by their own yes."""
