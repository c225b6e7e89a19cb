"""The report: one file, whole in two languages, safe with any title, not drawn twice, fit for a telephone."""

import dataclasses
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.comparison import Comparison, compare
from analysis.report import write
from analysis.report.page import SECTIONS, content_mark
from analysis.wording import texts
from tests.analysis.world import QR, TERMINAL, FakeReader, plan, scenario, settings

VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Checks that elements close in order, and gathers what a test looks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        self.links += [str(found[name]) for name in ("href", "src") if found.get(name)]
        if tag == "img":
            self.images.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def folder(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan_2020")
    for language in ("en", "ko"):
        write(comparison, folder, language)
    return folder


def page(folder: Path, language: str) -> Page:
    name = {"en": "report.html", "ko": "report.ko.html"}[language]
    return Page((folder / name).read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_needs_nothing_but_itself(folder: Path, language: str) -> None:
    found = page(folder, language)
    outside = [link for link in found.links if not link.startswith(("data:", "#", "report."))]
    assert outside == []
    text = (folder / ("report.html" if language == "en" else "report.ko.html")).read_text("utf-8")
    addresses = re.findall(r"url\(([^)]{0,30})|@import|<script|<link", text)
    assert len(addresses) == 2
    assert all(address.startswith("data:font/woff2;base64,") for address in addresses)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_answers_every_question_in_its_language(folder: Path, language: str) -> None:
    found = page(folder, language)
    words = texts(language)["report"]
    assert set(SECTIONS) <= found.ids
    for name in (*SECTIONS, "works_lead", "judged", "price_lead", "sure_lead", "footer"):
        start = words[name].split("{")[0]
        assert " ".join(start.split()) in found.text, name
    assert len(found.images) == 12
    assert all(image["alt"] for image in found.images)


def test_each_language_is_whole(folder: Path) -> None:
    korean_letters = re.findall(r"[가-힣]+", page(folder, "en").text)
    assert set(korean_letters) == {"한국어"}
    korean = page(folder, "ko").text
    for word in ("Figure", "Estimate", "interval", "subsidised", "Seoul", "the programme"):
        assert word not in korean
    assert "우연에 따른 오차만 담으며 매개변수 불확실성은 들어 있지 않다" in korean
    assert "Luck only: parameter uncertainty is not in this interval" in page(folder, "en").text


def test_goals_settings_and_parameters_are_told(folder: Path) -> None:
    text = page(folder, "en").text
    assert "Shops supported 200,000 shops" in text
    assert "Share of the eligible price paid 80 %" in text
    assert "Hurdle rate on the own share" in text
    assert "untact compare scenarios/baseline.toml scenarios/plan_2020.toml" in text
    assert "0123456789abcdef" * 4 in text
    assert "plan_2020/0 and 7 more" in text


def test_a_report_is_not_drawn_again_until_something_changes(folder: Path, comparison: Comparison) -> None:
    files = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    write(comparison, folder, "en")
    assert {path: path.stat().st_mtime_ns for path in files} == files
    figure = next(folder.rglob("*fate*.en.png"))
    figure.unlink()
    write(comparison, folder, "en")
    assert figure.is_file()
    assert content_mark(dataclasses.replace(comparison, digest="other"), "en") != content_mark(comparison, "en")
    assert content_mark(comparison, "ko") != content_mark(comparison, "en")


def test_titles_are_shown_as_text_whatever_they_hold(tmp_path: Path) -> None:
    nasty = scenario("plan_2020", settings())
    title = {"en": '<script>alert(1)</script> & "co"', "ko": "<b>계획</b>"}
    both = (scenario("baseline", settings()), dataclasses.replace(nasty, title=title))
    found = compare(FakeReader(), both, plan(*both), command="a <b> c", digest="", versions={})
    path = write(found, tmp_path, "en")
    assert "<script>" not in path.read_text("utf-8")
    shown = Page(path.read_text("utf-8")).text
    assert title["en"] in shown
    assert "a <b> c" in shown
    assert texts("en")["report"]["no_programme"] in shown


def test_every_scenario_and_programme_has_its_place(tmp_path: Path) -> None:
    three = (
        scenario("baseline", settings()),
        scenario("terminal", settings(TERMINAL)),
        scenario("plan_2020", settings(TERMINAL, QR)),
    )
    found = compare(FakeReader(), three, plan(*three, replications=2), command="", digest="", versions={})
    shown = Page(write(found, tmp_path, "en").read_text("utf-8"))
    assert len(shown.images) == 11 + 19
    assert texts("en")["report"]["contrasts"] in shown.text
    assert shown.text.count("technology “Public QR network” with and without “Plan 2020” as a whole in every") == 1
    assert shown.text.count(texts("en")["report"]["together"]) == 1
    assert len(list((tmp_path / "figures").glob("*.svg"))) == 30


def test_a_scenario_without_a_programme_has_no_empty_section(tmp_path: Path) -> None:
    both = (scenario("baseline", settings()), scenario("plan_of_a_virus", settings(risk={13: 0.8})))
    found = compare(FakeReader(), both, plan(*both), command="", digest="", versions={})
    shown = Page(write(found, tmp_path, "en").read_text("utf-8"))
    words = texts("en")["report"]
    ledgers = words["side_ledgers_lead"].split("{")[0].strip()
    for told in (words["no_programme"], words["reading"], words["costs"], words["jobs"], ledgers):
        assert told in shown.text
    assert len(shown.images) == 7
    assert "Sales of small merchants that sell on line" in shown.text
    assert "Hinges on: Weight of contact aversion" in shown.text


WATCH = """<!doctype html><iframe src="{name}" width="{width}" height="900"></iframe><script>
onload = () => document.querySelector("iframe").contentDocument.fonts.ready.then(fonts => {{
  const seen = document.querySelector("iframe").contentDocument.documentElement;
  const loaded = [...fonts].filter(face => face.status == "loaded").length;
  document.title = seen.scrollWidth + " " + seen.clientWidth + " " + loaded;
}});
</script>"""


@pytest.mark.parametrize(("name", "width"), [("report.html", 390), ("report.ko.html", 390), ("report.html", 1280)])
def test_the_page_fits_its_window_and_loads_its_type(
    folder: Path, browser: Path, tmp_path: Path, name: str, width: int
) -> None:
    watcher = folder / f"watch-{width}-{name}"
    watcher.write_text(WATCH.format(name=name, width=width), "utf-8")
    switches = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --allow-file-access-from-files "
        f"--virtual-time-budget=10000 --user-data-dir={tmp_path} --dump-dom"
    )
    called = subprocess.run(
        [str(browser), *switches.split(), watcher.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r"<title>(\d+) (\d+) (\d+)</title>", called.stdout)
    assert found, called.stdout[:500]
    scrolled, shown, types = map(int, found.groups())
    assert scrolled <= shown
    assert types == 2
