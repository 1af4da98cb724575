// Tests of the worker's runtime.
