"""The whole platform: real processes, stand-ins for the vendors, a browser for the consultant."""
