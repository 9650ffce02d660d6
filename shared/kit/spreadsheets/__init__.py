"""Excel and CSV, in and out.

`reading.read_table` takes any file that people send and gives a `Table`, or a Refusal that says what to do; `writing.write_xlsx`
and `writing.write_csv` make files that open clean in Excel.
"""
