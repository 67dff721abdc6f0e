"""Batches simulated by the deciding function: their makespan against lower bounds, first-come and the optimum."""
