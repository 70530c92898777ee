"""What stands around a program: its flags, its files, the machine that it runs on."""
