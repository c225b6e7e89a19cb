"""What commands print: aligned tables for people, JSON for machines."""

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import click

FORMAT_VERSION = 1

_KOREAN = {
    "90 % interval (luck only)": "90% 구간(우연 오차만)",
    "Against the first scenario": "첫 시나리오와 비교",
    "All": "합계",
    "Agents act": "행위 순서",
    "Basis": "근거",
    "Better": "좋은 방향",
    "Billion KRW": "십억 원",
    "Category": "구분",
    "Default": "기본값",
    "Does": "하는 일",
    "Estimate": "추정치",
    "Fee": "수수료",
    "File": "파일",
    "Gate": "규제",
    "High": "상한",
    "Indicator": "지표",
    "Last year": "마지막 해",
    "Levers": "정책 수단",
    "Low": "하한",
    "Margin": "주변합",
    "Mean of the runs": "실행 평균",
    "Meaning": "뜻",
    "Merchant needs": "필요 기술",
    "Months": "기간",
    "Needs": "욕구",
    "Over a year": "연간 집계",
    "Parameter": "매개변수",
    "Payee": "수취",
    "Payer": "지급",
    "Payer, payee by number; billion KRW": "지급(수취는 번호), 십억 원",
    "Phase": "단계",
    "Population": "합성 인구",
    "Purpose": "목적",
    "Ratio": "비율",
    "Reads": "읽는 것",
    "Relation": "관계",
    "Rows": "행",
    "Runs": "실행",
    "Scale": "축척",
    "Scenario": "시나리오",
    "Service": "서비스",
    "Setting": "설정",
    "Table": "통계표",
    "Title": "제목",
    "Unit": "단위",
    "Value": "값",
    "Writes": "쓰는 것",
}
"""Headings of tables in Korean."""


def show_json(name: str, content: object, **further: object) -> None:
    """Print `content` under `name`, and what else there is, as JSON with its format version."""
    whole = {"format_version": FORMAT_VERSION, name: content, **further}
    click.echo(json.dumps(whole, ensure_ascii=False, indent=1))


def heading(name: str, language: str) -> str:
    """Return the heading of a column in a language."""
    return _KOREAN.get(name, name) if language == "ko" else name


def show_table(
    columns: Mapping[str, str], records: Sequence[Mapping[str, Any]], language: str, right: Collection[str] = ()
) -> None:
    """Print the named columns of records below their headings, numbers and the columns `right` to the right."""
    rows = [[cell(record.get(key)) for key in columns] for record in records]
    headings = [heading(name, language) for name in columns.values()]
    widths = [max(map(text_width, column)) for column in zip(headings, *rows, strict=True)]
    numeric = [
        key in right or (bool(records) and all(isinstance(record.get(key), (int, float)) for record in records))
        for key in columns
    ]
    click.echo(_line(headings, widths, numeric))
    click.echo(_line(["-" * width for width in widths], widths, numeric))
    for row in rows:
        click.echo(_line(row, widths, numeric))


def cell(value: object) -> str:
    """Return a value as text: numbers with separators, lists joined, dated values as "2020-09: 50,000"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:,.6g}"
    if isinstance(value, Mapping):
        return ": ".join(cell(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(inner) for inner in value)
    return str(value)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        " " * (width - text_width(text)) + text if right else text + " " * (width - text_width(text))
        for text, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return "  ".join(padded).rstrip()


def text_width(text: str) -> int:
    """Return the columns that a text takes on a terminal: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
