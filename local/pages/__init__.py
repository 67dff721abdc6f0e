"""Pages about runs, batches and histories: each one self-contained HTML file without scripts and outside resources."""
