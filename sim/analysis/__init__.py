"""Questions asked of many futures: on whom it rests, what would help, why believe it, how sure."""
