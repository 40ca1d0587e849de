"""The front door: shows the first page of the site map. Every page also opens by its own address, without this file."""

from sq.ui.frame import show_front_page

show_front_page()
