"""What is remembered of the questions asked last."""

from threading import Thread

from chatbot.recent import Recent


def test_the_one_stored_longest_ago_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    for number, key in enumerate("abc"):
        recent.keep(key, number)
    assert [recent.get(key, -1) for key in "abc"] == [-1, 1, 2]


def test_many_threads_keep_at_most_its_size() -> None:
    recent: Recent[int, int] = Recent(8)

    def keep(start: int) -> None:
        for number in range(start, start + 500):
            recent.keep(number, number)

    threads = [Thread(target=keep, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [
        number
        for start in range(0, 4000, 1000)
        for number in range(start, start + 500)
        if recent.get(number, -1) >= 0
    ]
    assert len(kept) == 8
