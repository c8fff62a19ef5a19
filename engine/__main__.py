"""`python -m engine COMMAND`: the command line without the window."""

import sys

from engine.cli.main import main

sys.exit(main())
