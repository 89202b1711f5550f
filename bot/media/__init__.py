"""Files that people send: fetched from the vendor beside the conversation, judged by their content, kept once."""
