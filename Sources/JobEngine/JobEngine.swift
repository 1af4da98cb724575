// Placeholder until the first slice of JobEngine lands.
