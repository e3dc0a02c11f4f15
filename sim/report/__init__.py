"""Results told: numbers in words, pictures, pages, the handout, and the one writer of what is saved."""
