"""The workbench of conversation designers: real turns (masked), proposed changes of `data/`, their tests, the flows."""
