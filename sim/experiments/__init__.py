"""Many futures: ensembles and contrasts between variants."""
