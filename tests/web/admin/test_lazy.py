"""A service whose console nobody opens pays nothing for it."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import chatbot.app, chatbot.wsgi, chatbot.web
loaded = [name for name in sys.modules if name.startswith(("chatbot.web.admin", "chatbot.explain", "openpyxl", "sqlalchemy"))]
sys.exit(str(sorted(loaded)) if set(loaded) - {"chatbot.web.admin", "chatbot.web.admin.routes"} else 0)
"""


def test_starting_imports_the_table_of_addresses_and_nothing_else_of_the_console() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
