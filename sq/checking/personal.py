"""Masks what a free text tells about a person: numbers by which one is reached or known, and names that are announced.

Clear patterns, not a language model: docs/decisions/0015-personal-data-by-patterns.md says why.
"""

from __future__ import annotations

import re

MASK = "***"
NUMBERS = (
    r"(?<!\d)\d{17}[\dXx](?!\d)",  # resident ID
    r"(?<!\d)\d{8}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}(?!\d)",  # its older form: area, year, month, day, number
    r"(?<!\d)62\d\d(?: ?\d{4}){3}(?: ?\d{1,3})?(?!\d)",  # bank card
    r"(?<!\w)\+\d{1,3}[ -]?(?:\(0?\d{1,4}\)[ -]?)?\d(?:[ -]?\d){5,12}(?!\d)",  # phone with a country's code
    r"(?<!\d)(?:86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",  # mobile
    r"(?<!\d)(?:\(0\d{2,3}\) ?|0\d{2,3}[ -]?)\d{3,4}[ -]?\d{4}(?!\d)",  # landline with its area's code
    r"(?<!\d)(?!400-|800-)(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\d)",  # (212) 555-0187; no hotline
    r"(?<!\d)0\d{4} \d{5,6}(?!\d)",  # 07700 900123
)
PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
# the 120 most frequent surnames (Ministry of Public Security, 2020; 向, also "towards", left out) and some of two signs
SURNAME = (
    "(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤谢傅阎])"
)
# "感谢张小姐": the thanks are no surname, nor are words that only begin or end like one ("任何老师", "上周经理")
NO_SURNAME = (
    f"谢谢|谢{SURNAME}|高级|金牌|方面|任何|何时|于是|江苏|江西|石家|马上|白班|周末|周[一二三四五六日]|万达|黄金|钱款"
    "|严格|范围|程度|余额|武汉"
)
HAN = "[\u4e00-\u9fff]"
TITLE = "(?:先生|女士|小姐|太太|经理|店长|主管|主任|师傅|老师|阿姨|大姐|大哥)"
WORD = r"[A-Z][\w'’-]+"
NO_NAME = "(?:on|in|at|not|the|an?|on|written|known|listed|still|also|missing|wrong)"
# (what a text must have to be searched at all, what is masked: the group "secret")
SEARCHES = tuple(
    (re.compile(hint), re.compile(pattern))
    for hint, pattern in (
        ("@", r"(?P<secret>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[\w-]+(?:\.[\w-]+)+)"),
        (r"\d", f"(?P<secret>{'|'.join(NUMBERS)})"),
        (r"\d", r"(?:电话|手机|联系方式|[Tt]el|[Pp]hone)\D?[: ]{0,2}(?P<secret>\d(?:[ -]?\d){6,})"),
        ("微信", r"微信号?[是: ]{0,2}(?P<secret>[A-Za-z][A-Za-z0-9_-]{5,19})"),
        ("[Qq]", r"(?:QQ|qq)号?[是: ]{0,2}(?P<secret>[1-9]\d{4,10})(?!\d)"),
        (
            "护照|assport",
            r"(?:护照号?码?|[Pp]assport(?: number| no\.?)?)[是: ]{0,2}(?P<secret>[A-Z]{1,2}\d{7,8})(?!\d)",
        ),
        (PROVINCE, rf"(?P<secret>{PROVINCE}[A-HJ-NP-Z][·. ]?(?=[A-HJ-NP-Z]*\d)[A-HJ-NP-Z0-9]{{5,6}})(?![A-Z0-9])"),
        (TITLE, f"(?<![任对上下每])(?!{NO_SURNAME})(?P<secret>{SURNAME}{HAN}{{0,2}}?){TITLE}"),
        ("我叫|名", f"(?:我叫|我的名字是|名字叫|我名叫)(?P<secret>{SURNAME}{HAN}{{1,2}})"),
        ("姓", f"(?:我姓|免贵姓|本人姓)(?P<secret>{SURNAME})"),
        ("姓名|联系人", f"(?:姓名|联系人)[是: ]{{0,2}}(?P<secret>{SURNAME}{HAN}{{1,3}})"),
        (r"M[rsi]|Dr|Madam", rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Madam)\.? (?P<secret>{WORD}(?: {WORD})?)"),
        ("ame", rf"[Nn]ame(?: is|'s|’s|:) ?(?P<secret>{WORD}(?: {WORD}){{0,2}})"),
        ("name", rf"my name(?: is|'s|’s) (?P<secret>(?!{NO_NAME}\b)[a-z]{{2,}}(?: [a-z]{{2,}}(?=[.,;!]|$))?)"),
    )
)
# wide digits and signs are matched like narrow ones; each is one sign, so that places in the text agree
NARROW = str.maketrans("０１２３４５６７８９＠＋－．　（）：", "0123456789@+-. ():")


def masked(text: str) -> str:
    """A text without what it tells about a person."""
    narrow = text.translate(NARROW)
    for hint, pattern in SEARCHES:
        if hint.search(narrow) and (spans := [found.span("secret") for found in pattern.finditer(narrow)]):
            text, narrow = _without(text, spans), _without(narrow, spans)
    return text


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """A text with a mask in place of each span."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return MASK.join(text[end:start] for end, start in zip(ends, starts, strict=True))
