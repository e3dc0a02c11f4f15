"""What is measured on a run: influence, momentum, survival, dependency, and the expected map."""
