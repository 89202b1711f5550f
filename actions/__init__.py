"""What the bot does in a conversation: thin actions, one file per topic, that ask the services of `huntred`."""
