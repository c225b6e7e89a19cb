"""Small merchants: held as columns, district by district, and stepped by one compiled kernel."""
