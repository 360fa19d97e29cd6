"""The reference data of Xintang, its sources and the import of official data."""
