"""Words, numbers and dates in the reader's language; knows no screen.

Source strings are English msgids, translated by gettext catalogues ``locale/<language>/*.po`` (several files,
merged). Results carry `Message` objects and are rendered late, so nothing cached depends on a language.
"""

from __future__ import annotations

import gettext
import io
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: dict[str, str] = {"zh": "中文", "en": "English"}
LOCALES: dict[str, str] = {"zh": "zh_CN", "en": "en"}
LOCALE_FOLDER = Path(__file__).parent / "locale"
MINUS = "\N{MINUS SIGN}"
NO_VALUE = "–"
WHOLE, ALMOST = 100.0, 1e-9  # percent; less is the rounding of a computer


def default_language() -> str:
    """The language of the environment (LC_ALL, LC_MESSAGES, LANG), Chinese unless it says English."""
    tag = next((os.environ[k] for k in ("SQ_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), "")
    return nearest_language(tag)


def nearest_language(tag: str | None) -> str:
    """``zh`` or ``en`` for a locale tag such as ``zh-CN``, ``en_GB.UTF-8`` or ``C``."""
    head = (tag or "").replace("_", "-").split("-")[0].split(".")[0].lower()
    return "zh" if head in {"zh", ""} else "en"


_language: ContextVar[str | None] = ContextVar("language", default=None)


def current_language() -> str:
    """The language of this reader (a context variable: one per running script)."""
    return _language.get() or default_language()


def use_language(language: str) -> None:
    """Speak this language from now on in the current context."""
    _language.set(language if language in LANGUAGES else nearest_language(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language inside a ``with`` block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _translations(language: str) -> gettext.NullTranslations:
    merged = Catalog(locale=LOCALES[language])
    for path in sorted((LOCALE_FOLDER / LOCALES[language]).glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale=LOCALES[language])
        if part.num_plurals:
            merged._num_plurals, merged._plural_expr = part.num_plurals, part.plural_expr  # type: ignore[assignment]  # declared None
        for message in part:
            if message.id:
                merged[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def _(msgid: str, /, **values: Any) -> str:
    """Translate ``msgid`` and fill its ``{names}``; values that are Messages are translated too."""
    text = _translations(current_language()).gettext(msgid)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: float, /, **values: Any) -> str:
    """Translate with the plural form for ``count``; ``{count}`` is filled with the formatted number."""
    text = _translations(current_language()).ngettext(one, many, 1 if count == 1 else 2)
    return text.format(count=number(count, 0), **values)


def N_(msgid: str) -> str:
    """Mark a msgid for translation without translating it now."""
    return msgid


@dataclass(frozen=True)
class Message:
    """A sentence that is translated when it is shown, not when it is made.

    ``values`` may hold texts, numbers (already formatted or not), `Message` and `Named` objects.
    ``many`` and ``count`` give a plural form.
    """

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    many: str | None = None
    count: float = 0

    def __str__(self) -> str:
        if self.many is not None:
            return ngettext(self.msgid, self.many, self.count, **self.values)
        return _(self.msgid, **self.values)


@dataclass(frozen=True)
class Named:
    """A name that data carries in both languages (``name_zh``, ``name_en``)."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return local_name(self.zh, self.en)


def local_name(zh: str | None, en: str | None) -> str:
    """The data's own name in the reader's language, else the other one."""
    first, second = (zh, en) if current_language() == "zh" else (en, zh)
    return first or second or ""


def _locale() -> Locale:
    return Locale.parse(LOCALES[current_language()])


def is_missing(value: Any) -> bool:
    """None, NaN or NaT."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or value != value


def number(value: float | None, decimals: int = 1) -> str:
    """``81.2``; a dash where there is no value; grouped thousands; a real minus."""
    if value is None or is_missing(value):
        return NO_VALUE
    rounded = round(float(value), decimals) + 0.0
    # Both languages group by thousands with the same signs; Babel takes 80 times as long for the same text.
    return f"{rounded:,.{decimals}f}".replace("-", MINUS)


def percent_sign() -> str:
    """What follows a number of percent: a space stands before the sign in English, none in Chinese."""
    return "%" if current_language() == "zh" else " %"


def percent(value: float | None, decimals: int = 0) -> str:
    """``12 %`` / ``12%``; ``<1 %`` and ``>99 %`` where rounding would say nobody or everybody."""
    if value is None or is_missing(value):
        return NO_VALUE
    rounded, step = round(float(value), decimals), 10.0**-decimals
    text = number(value, decimals)
    if rounded == 0 and value > ALMOST:
        text = f"<{number(step, decimals)}"
    elif rounded == WHOLE and value < WHOLE - ALMOST:
        text = f">{number(WHOLE - step, decimals)}"
    return text + percent_sign()


def signed(value: float | None, decimals: int = 1) -> str:
    """``+1.3`` or ``−0.4``; zero carries no sign."""
    if value is None or is_missing(value):
        return NO_VALUE
    text = number(value, decimals)
    return "+" + text if round(float(value), decimals) > 0 else text


def day(value: date | None) -> str:
    """A date in the reader's form: ``2026年3月5日`` / ``5 Mar 2026``."""
    if value is None or is_missing(value):
        return NO_VALUE
    pattern = "y年M月d日" if current_language() == "zh" else "d MMM y"
    return str(format_date(value, pattern, locale=_locale()))


def month(value: date | None) -> str:
    """A month in the reader's form: ``2026年3月`` / ``Mar 2026``."""
    if value is None or is_missing(value):
        return NO_VALUE
    return str(format_date(value, "y年M月" if current_language() == "zh" else "MMM y", locale=_locale()))


def moment(value: datetime | None) -> str:
    """A date with the time of day, to the minute."""
    if value is None or is_missing(value):
        return NO_VALUE
    pattern = "y年M月d日 HH:mm" if current_language() == "zh" else "d MMM y HH:mm"
    return str(format_datetime(value, pattern, locale=_locale()))


def period(start: date | None, end: date | None) -> str:
    """A range of months, both ends included."""
    return month(start) if start == end else f"{month(start)} – {month(end)}"


def listing(names: list[str]) -> str:
    """``A, B and C`` / ``A、B和C``."""
    from babel.lists import format_list

    return str(format_list(names, locale=_locale())) if names else ""
