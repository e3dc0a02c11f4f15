"""What every room stands on: errors, addressed random numbers, the engine's machine, intervals."""
