"""Many futures: played, judged, compared between variants."""
