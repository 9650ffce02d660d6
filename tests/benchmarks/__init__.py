"""Benchmarks: each compares two things in one run, so that a noisy machine disturbs both alike. `make bench` runs them."""
