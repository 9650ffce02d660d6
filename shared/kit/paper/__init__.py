"""Printed documents: typst sets them as PDF/UA-1, A4, in fonts that come with the program.

`typesetting.typeset(document, data)` is the one way in; the documents are the `.typ` files beside it.
"""
