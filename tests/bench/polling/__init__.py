"""Judges when jobs are looked at: the policy against the best plan of looks for families of durations."""
