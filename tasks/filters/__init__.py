"""Which documents can be answers: one rule per file, each with one reason. See rules.py for their order."""
