"""Synthetic Korea: people, small merchants and their districts, built from the published tables."""
