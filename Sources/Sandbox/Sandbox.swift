// Placeholder until the first slice of Sandbox lands.
