// Placeholder until the first slice of Jimeng lands.
