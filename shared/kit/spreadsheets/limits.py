"""How much of a spreadsheet is read. A ledger has hundreds of rows; these are far above, and far below what hurts."""

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000
MAX_CELL_LENGTH = 32_767  # Excel's own
MAX_ZIP_ENTRIES = 1_000
MAX_ZIP_RATIO = 100
MAX_EXPANDED = 100 * 1024 * 1024

#: Of the process that reads: address space, seconds of computing, seconds on the clock.
CHILD_MEMORY = 1024 * 1024 * 1024
CHILD_CPU_SECONDS = 30
CHILD_SECONDS = 60
