"""The Intelligence Server behind the simulated Library: sessions, instances, jobs and their monitor."""
