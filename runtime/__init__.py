"""Every entry point of the app side: the processes, the commands, the supervisor and the test bed."""
