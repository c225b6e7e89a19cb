"""The report of a comparison: one self-contained HTML file in each language, with figures and tables."""

from analysis.report.page import current, write

__all__ = ["current", "write"]
