"""Real rows for tests. Each slice adds its own module; `tenant` is where every story begins."""
