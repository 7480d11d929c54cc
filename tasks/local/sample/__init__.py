"""The sample corpus of `make demo`: web pages written for the purpose, each with a stated fate."""
