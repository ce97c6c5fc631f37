class ExportError(Exception):
    """What is wrong with a checkpoint, for the person who wants to export it."""
