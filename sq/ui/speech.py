"""The reader's language: the switch first, then the remembered choice, then the browser."""

from __future__ import annotations

import streamlit as st

from sq.language import LANGUAGES, LOCALES, Message, _, default_language, nearest_language, ngettext, use_language

COOKIE = "sq_language"
SWITCH = "sq_language_switch"
CHANGED = "sq_language_changed"


def speak() -> str:
    """Speak the reader's language from now on; also first thing inside a fragment."""
    locale = st.context.locale
    language = _chosen() or (nearest_language(locale) if locale else default_language())
    use_language(language)
    return language


def _chosen() -> str | None:
    if COOKIE not in st.session_state:  # the cookie is read once per session: it takes 5 ms
        st.session_state[COOKIE] = st.context.cookies.get(COOKIE)
    choice = st.session_state[COOKIE]
    return choice if choice in LANGUAGES else None


def name_language(language: str) -> None:
    """Tell the browser the language of the page: it picks the glyphs and the voice that reads aloud."""
    tag = LOCALES[language].replace("_", "-")
    st.html(f"<script>document.documentElement.lang='{tag}'</script>", unsafe_allow_javascript=True)


def language_switch() -> None:
    """Draw the switch; the choice lasts across pages and, by a cookie, across visits. It never enters the URL."""
    language = speak()
    st.session_state[SWITCH] = language
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[str(code)],
        key=SWITCH,
        label_visibility="collapsed",
        on_change=_switched,
        required=True,
    )


def _switched() -> None:
    choice = st.session_state[SWITCH]
    if choice in LANGUAGES:
        st.session_state[COOKIE] = choice
        st.session_state[CHANGED] = True


def remember_language() -> None:
    """Write the cookie after the reader has switched."""
    if not st.session_state.pop(CHANGED, False):
        return
    # Only a value of our own closed list is written into the script.
    st.html(
        f"<script>document.cookie='{COOKIE}={speak()};path=/;max-age=31536000;SameSite=Lax'</script>",
        unsafe_allow_javascript=True,
    )


__all__ = ["Message", "_", "language_switch", "name_language", "ngettext", "remember_language", "speak"]
