"""What is remembered of the questions asked last."""

from threading import Thread

from chatbot.recent import Recent


def test_what_comes_twice_takes_the_place_of_the_one_stored_longest_ago() -> None:
    recent: Recent[str, int] = Recent(2)
    for number, key in enumerate("abcc"):
        recent.keep(key, number)
    assert [recent.get(key, -1) for key in "abc"] == [-1, 1, 3]


def test_what_comes_but_once_pushes_nothing_out() -> None:
    recent: Recent[int, int] = Recent(2)
    for key in range(1000):
        recent.keep(key, key)
    assert [recent.get(key, -1) for key in (0, 1, 2, 999)] == [0, 1, -1, -1]


def test_who_was_turned_away_long_ago_is_forgotten() -> None:
    recent: Recent[int, int] = Recent(1)
    for key in (0, 1, 2, 3, 4, 5, 1):
        recent.keep(key, key)
    assert (recent.get(0, -1), recent.get(1, -1)) == (0, -1)


def test_a_key_that_is_there_gets_its_new_result() -> None:
    recent: Recent[str, int] = Recent(1)
    recent.keep("a", 1)
    recent.keep("a", 2)
    assert recent.get("a", -1) == 2


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
