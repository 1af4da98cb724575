// Placeholder until the first slice of MediaAccess lands.
