"""What several handlers share: looking at a job, cleaning up, ending a run, finding what was left behind."""
