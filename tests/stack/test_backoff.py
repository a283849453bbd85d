from stack.backoff import Backoff


def test_pauses_double_from_a_fifth_of_a_second_to_five():
    backoff = Backoff()
    assert [backoff.pause(ran_for=0) for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_ten_seconds_of_health_start_the_pauses_again():
    backoff = Backoff()
    for _ in range(4):
        backoff.pause(ran_for=9.9)
    assert backoff.pause(ran_for=10) == 0.2
    assert backoff.pause(ran_for=1) == 0.4
