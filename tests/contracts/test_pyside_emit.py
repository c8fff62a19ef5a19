"""Thousands of emits from Python do not kill the process, as PySide6 6.12.0 does with Python 3.11 (decision 0002)."""

import subprocess
import sys

EMIT = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Sender(QObject):
    said = Signal(object)

app = QCoreApplication([])
sender = Sender()
heard = []
sender.said.connect(heard.append)
for number in range(5000):
    sender.said.emit(number)
print(len(heard))
"""


def test_five_thousand_emits_survive() -> None:
    done = subprocess.run([sys.executable, "-c", EMIT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "5000"), done.stderr
