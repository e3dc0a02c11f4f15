"""Pictures, one module a result."""
