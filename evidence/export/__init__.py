"""Files that leave the tracker: CSV, workbook, references, report, FHIR."""
