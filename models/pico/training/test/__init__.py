"""`python -m unittest` in the folder above runs these; no voice and no data is needed."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
