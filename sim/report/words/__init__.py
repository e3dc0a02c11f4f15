"""Results in plain words, one module a result."""
