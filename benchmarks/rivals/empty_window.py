"""The limit of P7: an empty PySide6 window, shown and painted once."""

from __future__ import annotations

import json
import resource
import time

BEGIN = time.perf_counter()

from PySide6.QtCore import QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: E402


def main() -> None:
    """Show the window and print seconds from the first import and the peak memory."""
    app = QApplication([])
    window = QMainWindow()
    window.resize(1200, 800)
    window.show()
    QTimer.singleShot(0, app.quit)
    app.exec()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - BEGIN, "megabytes": memory}))


if __name__ == "__main__":
    main()
