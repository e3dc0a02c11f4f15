"""Pages of the analyses, made from templates."""
