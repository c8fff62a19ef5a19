"""Labels photo after photo and says each label that is saved: `python label_script.py PROJECT N`.

Prints `trying PHOTO CLASS` before, then `saved` when the label is committed, or `refused TEXT` when the project said
that it could not be saved.
"""

import sys
from pathlib import Path

from engine.base.errors import AppError
from engine.base.ids import PhotoId
from engine.project.project import Project
from engine.store.rows import PhotoFilter


def main() -> None:
    """Give every photo another class, `N` times over."""
    project = Project.open(Path(sys.argv[1]))
    classes = [row.id for row in project.browse.classes()]
    ids = [PhotoId(int(i)) for i in project.browse.ids(PhotoFilter())]
    for n in range(int(sys.argv[2])):
        photo, label = ids[n % len(ids)], classes[(n + n // len(ids)) % len(classes)]
        print("trying", photo, label, flush=True)
        try:
            project.labels.set([photo], label)
        except AppError as error:
            print("refused", error.user_text().replace("\n", " "), flush=True)
        else:
            print("saved", flush=True)
    project.close()


if __name__ == "__main__":
    main()
