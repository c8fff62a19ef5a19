"""Names for the integer keys of the project database, so that a photo id is never passed as a class id."""

from typing import NewType

PhotoId = NewType("PhotoId", int)
ClassId = NewType("ClassId", int)
OpId = NewType("OpId", int)
SplitId = NewType("SplitId", int)
RunId = NewType("RunId", int)
