"""The one door to NCBI, ClinicalTrials.gov and iCite."""
