"""One module per question a reader asks; each answers with a frozen, picklable result.

Results hold numbers, `Message` and `Named` objects, never rendered text: they are cached for both languages.
Imports metrics and below; never figures or a screen.
"""
