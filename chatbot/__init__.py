"""A white-box Chinese customer-service chatbot: FAQ and knowledge-graph answers, each with its evidence."""

import os

__version__ = "0.1.0"


def one_thread_a_process() -> None:
    """Keep numpy and FAISS to one thread, unless the environment says otherwise; call before either is imported.

    A turn's matrices are small: two threads gain nothing on them, and on busy processors they wait for each other
    (a turn took 2 to 10 times as long). Workers share the processors instead.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
