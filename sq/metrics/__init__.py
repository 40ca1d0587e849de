"""What can be measured: the catalogue, and the one template that measures it.

Imports warehouse, statistics and below; never analyses, figures or a screen.
"""
