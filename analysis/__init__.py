"""Results to answers: statistics, charts, comparison, report."""
