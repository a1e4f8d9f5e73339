"""``python -m tools.fuzz.guided RUNS FOLDER NAME…``: parsers under atheris, whose coverage of a parser's code leads it.

Needs ``pip install 'whitebox-chatbot[fuzz]'``. libFuzzer ends the process it runs in, so each parser gets a child of one
process that has the instrumented code loaded. What a child says is in ``FOLDER/<number>/said``, an input that made a fault
in ``FOLDER/<number>/crash-*``; the exit statuses are printed, one line a parser.
"""

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["chatbot", "yaml", "openpyxl"]):
    from chatbot.errors import ChatbotError
    from tools.fuzz.parsers import targets
    from tools.fuzz.targets import Target

LONGEST = 16_384
ROOT = Path(__file__).parents[2]


def main(runs: int, folder: Path, names: list[str]) -> None:
    """Feed ``runs`` inputs to each parser of ``names``."""
    logging.disable()
    known = {target.name: target for target in targets(ROOT)}
    for number, name in enumerate(names):
        place = folder / str(number)
        place.mkdir()
        child = os.fork()
        if not child:
            _attack(known[name], runs, place)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), name, flush=True)


def _attack(target: Target, runs: int, place: Path) -> None:
    """Does not return."""
    os.chdir(place)
    said = os.open(place / "said", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    corpus, inside = place / "corpus", Path(tempfile.mkdtemp(dir=place))
    corpus.mkdir()
    for number, seed in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(seed)

    def one_input(body: bytes) -> None:
        shutil.rmtree(inside)  # parsers are promised an empty folder each time
        inside.mkdir()
        try:
            target.parse(body, inside)
        except ChatbotError:
            return

    atheris.Setup(
        [sys.argv[0], f"-runs={runs}", f"-max_len={LONGEST}", "-verbosity=0", str(corpus)], one_input
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
