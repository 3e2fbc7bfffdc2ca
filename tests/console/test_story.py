"""The console as a person uses it: a browser, `codefree up`, and AutoGluon itself.

One person, three runs of two datasets: everything that is done by hand without a terminal.
"""

import contextlib
import itertools
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browsing import AXE
from tests.local.codefree_up import Up

_WAIT = 900_000  # milliseconds: for jobs, on a busy machine
_PAGES = itertools.count()


def table(rows: int, seed: int = 0, label: str = "label") -> str:
    """Rows in which the label follows from two columns."""
    lines = [f"size,colour,{label}"]
    for i in range(seed, seed + rows):
        size, colour = (i * 37) % 101, ("red", "green", "blue")[i % 3]
        lines.append(f"{size},{colour},{'yes' if size > 50 or colour == 'red' else 'no'}")
    return "\n".join(lines) + "\n"


class Person:
    """Somebody at a browser, who sees every page that is opened with the eyes of axe, too."""

    def __init__(self, context: BrowserContext, up: Up) -> None:
        [address] = re.findall(r"browser: (http://\S+)", up.said)
        self.home = address.partition("?")[0]
        self.context = context
        self.troubles: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self._refuse_others()
        self.page.goto(address)

    def open(self, path: str) -> None:
        self.page.goto(self.home + path.lstrip("/"))

    def click(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=_WAIT)

    def opens_the_run(self) -> None:
        """Opens the run that has begun; each file starts an execution, and one does the work."""
        self.page.locator("li.card.running h2 a").first.click()
        other = self.page.get_by_role("link", name="Go to that run")
        works = self.page.locator(".graph a[aria-label^='PickInstance']")
        expect(other.or_(works).first).to_be_visible(timeout=_WAIT)
        if other.count():
            other.click()

    def looks(self) -> None:
        """Looks at the page in light and dark."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(
                "axe.run({iframes: false, resultTypes: ['violations']}).then(r => r.violations)"
            )
            told = [(f["id"], [node["html"][:200] for node in f["nodes"]]) for f in found]
            assert not told, f"{self.page.url}, {scheme}: {told}"

    def _told(self, message: object) -> None:
        text, kind = str(message.text), str(message.type)  # type: ignore[attr-defined]
        if kind in {"error", "warning"}:
            self.troubles.append(f"{self.page.url}: {text}")

    def _refuse_others(self) -> None:
        def only_here(route: Route) -> None:
            if not route.request.url.startswith((self.home, "data:", "blob:")):
                self.troubles.append(f"asked for {route.request.url}")
            route.continue_()

        self.context.route("**/*", only_here)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("story") / "home")
    quick = ("TrainingMinutes=0.2", "AutoMLPresets=medium_quality")
    with contextlib.ExitStack() as ended:
        ended.callback(running.kill)
        running.start(*(word for one in quick for word in ("--param", one)), console=True)
        yield running


@pytest.fixture(scope="module")
def person(browser: Browser, up: Up) -> Iterator[Person]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="en-US",
        reduced_motion="reduce",  # what moves takes time of the processors that the jobs need
    )
    somebody = Person(context, up)
    yield somebody
    context.close()
    assert somebody.troubles == []


def job_of(up: Up, program: str) -> psutil.Process:
    """The process of a job, as soon as there is one."""
    assert up.process
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        for process in psutil.Process(up.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if program in " ".join(process.cmdline()):
                    return process
        time.sleep(0.1)
    raise AssertionError(f"{program} never ran")


def choose(person: Person, field: str, *files: Path) -> None:
    person.page.locator(field).first.set_input_files([str(file) for file in files])


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_bad_pair_is_repaired_before_anything_starts_and_trained(
    person: Person, write: Callable[[str, str], Path]
) -> None:
    person.sees("Train your first model")
    person.looks()
    person.open("new")
    person.looks()
    broken = table(90).replace("5,", "5,5,", 1)
    choose(
        person, "#files", write("fruit_train.csv", broken), write("fruit_test.csv", table(40, 500))
    )
    person.sees("Nothing was started and nothing has cost money.")
    person.looks()
    assert person.page.get_by_role("button", name=re.compile("^Start")).count() == 0

    for summary in person.page.get_by_text("Replace or change").all():
        summary.click()
    repaired = write("repaired.csv", table(90))
    choose(person, "form[data-part=train] input[type=file]", repaired)
    person.sees("The files can be trained on.")
    person.sees("90 rows to train on, 40 rows to test with.")
    person.looks()
    person.click(re.compile("^Start: predict label"))

    person.sees("fruit")
    person.opens_the_run()
    expect(person.page.locator(".graph a[aria-label='Train: running']")).to_be_visible(
        timeout=_WAIT
    )
    person.looks()
    expect(person.page.get_by_role("link", name="Report")).to_be_visible(timeout=_WAIT)
    person.looks()
    person.page.get_by_role("link", name="Report").first.click()
    report = person.page.frame_locator("iframe")
    expect(report.get_by_text("on the test rows").first).to_be_visible(timeout=_WAIT)
    person.looks()
    person.open("")
    person.looks()


def test_new_rows_come_back_as_a_file_and_one_row_is_explained(
    person: Person, write: Callable[[str, str], Path]
) -> None:
    person.open("predict?dataset=fruit")
    person.looks()
    rows = "size,colour\n77,blue\n3,green\n"
    choose(person, "#rows", write("new rows.csv", rows))
    person.click("Predict the file")
    link = person.page.get_by_role("link", name="Predictions").first
    expect(link).to_be_visible(timeout=_WAIT)
    with person.page.expect_download() as loading:
        link.click()
    lines = Path(loading.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("size,colour,prediction")
    assert [line.split(",")[2] for line in lines[1:]] == ["yes", "no"]

    person.open("predict/fruit/row")
    person.sees(re.compile("The model is loaded"))
    person.page.get_by_label("size").fill("77")
    person.page.get_by_label("colour").select_option("blue")
    person.click("Predict the row")
    answer = person.page.locator("#answer")
    expect(answer.locator(".answer strong")).to_have_text("yes", timeout=_WAIT)
    of_file = lines[1].split(",")[3:]
    for probability in of_file:
        expect(answer.get_by_text(probability, exact=False).first).to_be_visible()
    person.looks()


def test_one_table_is_split_a_killed_job_is_told_of_and_the_run_goes_on(
    person: Person, up: Up, write: Callable[[str, str], Path]
) -> None:
    person.open("new")
    choose(person, "#files", write("single.csv", table(120)))
    person.sees("The files can be trained on.")
    person.click(re.compile("^Start"))
    person.sees("single")
    person.opens_the_run()
    job_of(up, "train.py").kill()
    person.sees(re.compile("error caught|trying again|Trying again|was killed", re.IGNORECASE))
    job_of(up, "train.py")
    person.page.locator("#stop-summary").click()
    person.click("Stop the run")
    person.sees(re.compile("Stopped with codefree stop|It was stopped|Stopped"))
    person.looks()
    person.click(re.compile("^Rerun from"))
    expect(person.page.get_by_role("link", name="Report")).to_be_visible(timeout=_WAIT)


def test_a_second_run_is_compared_and_its_model_approved(
    person: Person, write: Callable[[str, str], Path]
) -> None:
    person.open("new?dataset=fruit")
    choose(person, "#files", write("fruit_train.csv", table(100)))
    person.sees("The files can be trained on.")
    person.click(re.compile("^Start"))
    cards = person.page.locator("li.card", has_text="fruit").filter(has_text="Compare")
    expect(cards).to_have_count(2, timeout=_WAIT)
    for box in person.page.locator("li.card", has_text="fruit").get_by_label("Compare").all():
        box.check()
    person.click("Compare the chosen runs")
    person.sees(re.compile("interval"))
    person.looks()

    person.open("models/fruit")
    person.looks()
    person.page.locator("[id^=approve-] summary").first.click()
    person.page.get_by_role("button", name=re.compile("^Approve version")).first.click()
    person.sees(re.compile(r"Version \d is approved: it predicts from now on."))
    person.open("models")
    person.looks()
    person.open("stack")
    person.looks()


def test_a_page_says_that_local_mode_was_killed_and_goes_on_after_its_restart(
    person: Person, up: Up
) -> None:
    person.open("")
    trouble = person.page.locator("#trouble")
    expect(trouble).to_be_hidden()
    up.kill()
    expect(trouble).to_be_visible(timeout=_WAIT)
    expect(trouble).to_contain_text("does not answer")
    person.troubles.clear()  # the browser's own words for a connection that is gone
    up.start(console=True)
    expect(trouble).to_be_hidden(timeout=_WAIT)
    person.troubles.clear()
    person.page.locator("li.card h2 a").first.click()
    person.sees("States")
