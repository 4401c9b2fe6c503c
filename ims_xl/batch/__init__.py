"""Forty clients overnight: clients are found by folder, files by content, and one that fails stops nobody else."""
