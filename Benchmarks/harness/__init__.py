"""What Benchmarks/run is made of: a measured process, the server, the generators, the sections, the report."""
