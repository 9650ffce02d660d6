"""How much of a PDF is looked at. A flyer is a page or two of A4; these are far above, and far below what hurts."""

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 200
#: Points of 1/72 inch; nothing that is printed is longer than Adobe's own limit.
LONGEST_PAGE = 14_400
#: Pixels of the picture, and of an inch of paper.
LONGEST_SIDE = 3_000
FINEST = 300
LONGEST_TEXT = 4_000

#: Of the process that reads: address space, seconds of computing, seconds on the clock.
CHILD_MEMORY = 1024 * 1024 * 1024
CHILD_CPU_SECONDS = 20
CHILD_SECONDS = 40
