"""One paid request, from form to result."""
