"""New-industry firms: columns, start, and the quarter in which they act."""
