"""The month as the machine runs it: one run's world, its phases, its money settled and its indicators collected."""
