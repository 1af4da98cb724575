// Placeholder until the first slice of WorkerRuntime lands.
