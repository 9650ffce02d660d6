"""Excel and CSV, in and out.

`reading.spooled` takes any file that people send and gives its rows in pieces, or a Refusal that says what to do (`read_table` gives
them all at once); `writing.write_xlsx` and `writing.write_csv` make files that open clean in Excel.
"""
