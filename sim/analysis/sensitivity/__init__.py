"""What drives a result: the parameters, alone and together; the regions in which the change collapses; the structure.

``outcome`` says what is measured at a point; ``effects`` screens all parameters (Morris) and divides the spread among
those that matter (Sobol); ``regions`` finds where the change collapses; ``structure`` asks what depends on the network,
the size, the horizon, the thresholds and the time step; ``run`` does it all as a job that can be resumed.
"""
