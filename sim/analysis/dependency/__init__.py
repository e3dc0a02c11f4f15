"""On whom does the change rest? Three readings of everyone, and the people taken out."""
