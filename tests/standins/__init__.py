"""Stand-ins for WhatsApp's Cloud API, Telegram's Bot API and a mail server.

They enforce what the vendors document, so that a test fails where the vendor would refuse. Started by
`python -m tests.standins`, inside a test by `tests.standins.server`, steered by `tests.standins.client`.
"""
