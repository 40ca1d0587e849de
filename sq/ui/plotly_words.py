"""Plotly's own words and dates in Chinese; its bundle carries English only and must not fetch anything."""

from __future__ import annotations

from typing import Any

_MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_CHINESE: dict[str, Any] = {
    "dictionary": {
        "Double-click to zoom back out": "双击还原",
        "Click to enter Plot title": "点击输入标题",
        "close:": "收盘:",
        "high:": "最高:",
        "low:": "最低:",
        "open:": "开盘:",
        "lower fence:": "下界:",
        "upper fence:": "上界:",
        "max:": "最大值:",
        "min:": "最小值:",
        "mean:": "均值:",
        "median:": "中位数:",
        "q1:": "下四分位:",
        "q3:": "上四分位:",
        "trace": "系列",
        "lat:": "纬度:",
        "lon:": "经度:",
        "new text": "新文字",
        "Zoom in": "放大",
        "Zoom out": "缩小",
        "Reset axes": "还原",
        "Autoscale": "自动缩放",
        "Download plot as a PNG": "下载图片",
    },
    "format": {
        "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
        "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
        "months": [f"{month}月" for month in _MONTHS],
        "shortMonths": [f"{number}月" for number in range(1, 13)],
        "date": "%Y年%-m月%-d日",
        "decimal": ".",
        "thousands": ",",
    },
}


def plotly_locale(language: str) -> dict[str, Any]:
    """The part of Plotly's config that sets its language."""
    return {"locale": "zh-CN", "locales": {"zh-CN": _CHINESE}} if language == "zh" else {}
