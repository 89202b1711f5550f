"""What both environments share: Python 3.10 (Rasa) and 3.11 (the app), no ORM, no framework.

Here live the shared tables, the vendor-neutral message, the settings reader, encryption, masking and ids.
Business rules do not.
"""
