"""Consumers: people aged 20 and over, held as columns and stepped by one compiled kernel."""
