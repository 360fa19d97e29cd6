from data.feeds.simulated.ledger import Ledger, Total, Way


def test_a_repeated_message_is_one_entry_that_went_out_twice() -> None:
    ledger = Ledger()
    for _ in range(2):
        ledger.sent(ledger.open(Way.HTTP, "S1", "m1", {"a": 1}))
    (entry,) = ledger.entries()
    assert (entry.sends, entry.confirmed) == (2, False)
    assert ledger.total(Way.HTTP) == Total(messages=1, sends=2)
    assert ledger.total(Way.HTTP).open == 1


def test_what_was_confirmed_stays_so() -> None:
    ledger = Ledger()
    entry = ledger.open(Way.MQTT, "S1", "m1", {})
    ledger.refuse(entry, "no link")
    ledger.confirm(entry)  # an answer that came after it was given up
    ledger.refuse(entry, "denied")
    ledger.confirm(entry)
    assert (entry.confirmed, entry.refused) == (True, "")
    assert ledger.confirmed() == [entry]
    assert ledger.total(Way.MQTT) == Total(messages=1, confirmed=1)


def test_ways_are_told_apart() -> None:
    ledger = Ledger()
    first = ledger.open(Way.HTTP, "S1", "1", {})
    second = ledger.open(Way.GB26875, "S1", "1", b"")
    assert first is not second
    assert ledger.entries(Way.HTTP) == [first]
    assert ledger.total(Way.MQTT) == Total()


def test_a_ledger_for_weeks_keeps_only_what_waits() -> None:
    ledger = Ledger(keep=False)
    for number in range(100):
        entry = ledger.open(Way.HTTP, "S1", str(number), {})
        ledger.sent(entry)
        if number % 2:
            ledger.confirm(entry)
        else:
            ledger.refuse(entry, "denied")
    waiting = ledger.open(Way.HTTP, "S1", "100", {})
    assert ledger.entries() == [waiting]
    assert ledger.total(Way.HTTP) == Total(messages=101, sends=100, confirmed=50, refused=50)
