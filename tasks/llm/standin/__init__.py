"""A stand-in for a model server: the OpenAI protocol over HTTP, answered by rules instead of weights.

For demonstrations on machines without a model, and for tests. It sees only the prompt, keeps no state that
could change an answer, and refuses requests that are not marked as belonging to a demonstration.
"""
