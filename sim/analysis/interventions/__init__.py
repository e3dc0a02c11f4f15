"""What would make the change survive? Every choice a leadership team has, tried alone, in pairs and together."""
