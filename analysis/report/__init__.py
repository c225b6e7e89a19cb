"""The report of a comparison: one self-contained HTML file in each language, with figures and tables."""

from analysis.report.page import write

__all__ = ["write"]
