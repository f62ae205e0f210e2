"""Spreadsheets in and out: the staff lists of institutions, and the points that a region already has.

A file goes through ``reading`` (bytes to rows of cells), ``columns`` (which heading means what), ``cells`` and
``rows`` (one line of the sheet to one validated row), ``staging`` (rows to a temporary table), ``checking`` (what
would happen, nothing written) and ``applying`` (it happens, all of it or nothing). ``jobs`` runs this in the
background; the faces call nothing else.
"""
