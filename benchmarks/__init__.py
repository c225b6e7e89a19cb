"""Benchmarks: how long runs take, what memory they need, and how much luck is left in an answer."""
