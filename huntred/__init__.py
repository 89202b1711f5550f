"""The business core: no Flask, no Rasa, no rasa-sdk, no models of machine learning."""
