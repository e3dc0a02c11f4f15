"""What every room stands on: errors, addressed random numbers, compiling, intervals."""
