"""The six relations between government, business and consumers: one module each, one verb that clears its month."""
