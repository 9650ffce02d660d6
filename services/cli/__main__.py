"""`python -m services.cli` is `tsunagari`."""

from services.cli.main import main

raise SystemExit(main())
