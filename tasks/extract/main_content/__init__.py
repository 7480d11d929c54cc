"""Which part of a page is its content: boxes with text, the box that holds the content, and what is cut out of it."""
