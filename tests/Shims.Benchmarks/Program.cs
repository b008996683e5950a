// The benchmarks: see BENCHMARKS.md.
return 0;
