// Placeholder until the first slice of JimengSimulator lands.
