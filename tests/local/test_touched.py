"""What a request has changed, which is kept before it is answered."""

from moto.s3.models import FakeBucket

from local.kept.touched import Touched


def test_a_request_within_another_one_of_its_thread_has_its_own_changes() -> None:
    touched = Touched()
    bucket = FakeBucket("b", "123456789012", "us-east-1")
    touched.watch(bucket)
    with touched.anew():
        bucket.keys["outer"] = "x"
        with touched.anew():
            assert not touched.keys
            bucket.keys["inner"] = "y"
            touched.failed = OSError("full")
            assert touched.keys == {("b", "inner")}
        assert touched.keys == {("b", "outer")}
        assert touched.failed is None
