"""The tests of proposed changes (huntred/workbench): one at a time, each in a process of its own."""
