"""Our side of P7: the real window on its start page, shown and painted once."""

from __future__ import annotations

import json
import resource
import time

BEGIN = time.perf_counter()

from PySide6.QtCore import QTimer  # noqa: E402

from gui.app import Application, make_qt_app  # noqa: E402
from gui.core.settings import Settings  # noqa: E402


def main() -> None:
    """Show the window and print seconds from the first import and the peak memory."""
    settings = Settings()
    app = make_qt_app(settings)
    application = Application(app, settings)
    application.window.show()
    QTimer.singleShot(0, app.quit)
    app.exec()
    seconds = time.perf_counter() - BEGIN
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": memory}))
    application.shut_down()


if __name__ == "__main__":
    main()
