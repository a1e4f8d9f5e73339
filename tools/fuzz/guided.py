"""``python -m tools.fuzz.guided NAME RUNS``: one parser under atheris, whose coverage of the parser's code leads it.

Needs ``pip install 'whitebox-chatbot[fuzz]'``. Ends with exit 0 after ``RUNS`` inputs without a fault; else with the
traceback and the input in ``crash-*`` in the working folder, as libFuzzer does.
"""

import logging
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["chatbot", "yaml", "openpyxl"]):
    from chatbot.errors import ChatbotError
    from tools.fuzz.parsers import targets

LONGEST = 4096
ROOT = Path(__file__).parents[2]


def main(name: str, runs: int) -> None:
    """Feed ``runs`` inputs to the parser called ``name``; does not return."""
    logging.disable()
    target = next(one for one in targets(ROOT) if one.name == name)
    with tempfile.TemporaryDirectory(prefix="cf-") as folder:
        corpus, inside = Path(folder) / "corpus", Path(folder) / "files"
        corpus.mkdir()
        inside.mkdir()
        for number, seed in enumerate(target.seeds):
            (corpus / str(number)).write_bytes(seed)

        def one_input(body: bytes) -> None:
            try:
                target.parse(body, inside)
            except ChatbotError:
                return

        atheris.Setup(
            [sys.argv[0], f"-runs={runs}", f"-max_len={LONGEST}", "-verbosity=0", str(corpus)], one_input
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
