"""What all charts of one pair of scenarios share: language, months, source line, run key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.charts.chart import Chart, Table
from analysis.comparison import Comparison, Pair
from analysis.statistics import Statistic
from analysis.wording import interval_text, interval_words, note_text, texts
from model.codes import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEY_DIGITS = 12


@dataclass(frozen=True)
class Frame:
    """One pair of a comparison in one language, with everything that charts of it repeat."""

    comparison: Comparison
    pair: Pair
    language: str

    @property
    def texts(self) -> Mapping[str, Any]:
        """Sentences of the language."""
        return texts(self.language)

    @property
    def months(self) -> range:
        """Month numbers of the horizon."""
        return self.comparison.months

    @property
    def band_name(self) -> str:
        """Name of the range across seeds, as a caption."""
        name = interval_words("seeds_band", self.comparison.n_replications, self.language)
        return self.word("band").format(name=name)

    @property
    def band_and_brackets(self) -> str:
        """Names of the range across seeds that a band shows, and of the interval in brackets."""
        return f"{self.band_name}. {self.named_error('brackets')}"

    def named_error(self, caption: str) -> str:
        """Return the name of the interval of paired means inside one of the captions."""
        name = interval_words("simulation_error", self.comparison.n_replications, self.language)
        return self.word(caption).format(name=name)

    def word(self, name: str) -> str:
        """Return a single word or phrase of the charts."""
        return str(self.texts["words"][name])

    def title(self, name: str, **parts: str) -> str:
        """Return a message title with its figures filled in."""
        return str(self.texts["titles"][name]).format(**parts)

    def label(self, code: str) -> str:
        """Return the label of a code (province, sector, technology, stage, ...)."""
        return label(code, self.language)

    def chart(
        self,
        name: str,
        title: str,
        unit: str,
        interval: str,
        table: Table,
        draw: Callable[["Figure"], None],
        height: float = 2.7,
    ) -> Chart:
        """Return a chart with the source and run key of this pair."""
        scenario, baseline = self.pair.scenario, self.comparison.baseline
        return Chart(
            id=f"{scenario.name}-{name}",
            language=self.language,
            title=title,
            unit=unit,
            source=self.word("source").format(scenario=scenario.name, baseline=baseline.name),
            run_key=self.word("run").format(key=scenario.keys[0][:KEY_DIGITS]),
            interval=interval,
            table=table,
            draw=draw,
            height=height,
        )

    def statistics_table(self, rows: Sequence[tuple[str, Statistic]]) -> Table:
        """Return statistics as a table with their names, units, intervals and samples."""
        return statistics_table(rows, self.language)


def statistics_table(rows: Sequence[tuple[str, Statistic]], language: str) -> Table:
    """Return named statistics as a table in base units: figure, unit, value, interval, samples, remark."""
    words = texts(language)["table"]
    header = [words[name] for name in ("figure", "unit", "value", "low", "high", "interval", "sampled", "note")]
    cells = (
        (
            name,
            one.unit,
            one.value,
            one.low,
            one.high,
            interval_text(one, language),
            one.sampled_units,
            note_text(one, language),
        )
        for name, one in rows
    )
    return Table(tuple(header), tuple(cells))
