"""Who acts: column populations of consumers and merchants, and the ordinary Mesa agents beside them."""
