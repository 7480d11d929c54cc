"""Pages made for tests: realistic layouts in our own words, each with the text that an extractor should find."""
