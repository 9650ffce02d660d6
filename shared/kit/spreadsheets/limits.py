"""How much of a spreadsheet is read. A ledger has hundreds of rows; these are far above, and below what hurts.

100,000 rows are every organisation of the largest prefecture twice over; below them the reading process stays under 400 MB.
"""

MAX_BYTES = 30 * 1024 * 1024
#: Below the first one, which is the header. What stands further down is not read, and that is said.
MAX_ROWS = 100_000
MAX_COLUMNS = 200
#: Also of the rectangle around all cells, which the reading library fills.
MAX_CELLS = 4_000_000
MAX_CELL_LENGTH = 32_767  # Excel's own
MAX_ZIP_ENTRIES = 1_000
MAX_ZIP_RATIO = 100
MAX_EXPANDED = 400 * 1024 * 1024

#: Of one kind, about the cells of one file.
MAX_NOTES = 100

#: Of the process that reads: address space, bytes of the rows that it hands over, seconds of computing, seconds on the clock.
CHILD_MEMORY = 1024 * 1024 * 1024
CHILD_OUTPUT = 512 * 1024 * 1024
CHILD_CPU_SECONDS = 30
CHILD_SECONDS = 120
