"""What a command loads is nothing that the garbage collector looks through."""

import gc

import pytest

from operate.loading import loading


def test_the_collector_rests_while_something_is_loaded_and_spares_it_later() -> None:
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() >= frozen
    gc.unfreeze()


def test_the_collector_works_again_where_nothing_could_be_loaded() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        raise ModuleNotFoundError
    assert gc.isenabled()
    gc.unfreeze()
