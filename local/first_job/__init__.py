"""The first file of a job, written from what a datamart asks: ``datamart init``."""
