"""What drives a result: every parameter in turn and together, the regions in which the change collapses, the structure.

``measured`` says what is measured at a point, ``effects`` screens all parameters (Morris) and shares the spread out among
those that matter (Sobol), ``regions`` finds where the change collapses, ``structure`` asks what hangs on the network,
the size, the horizon, the thresholds and the time step, ``run`` does it all as a job that can be resumed.
"""
