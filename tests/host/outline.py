"""A report's page as a browser would take it apart: elements, attributes, text.

Called by: tests/host/test_report*.py.
"""

from html.parser import HTMLParser

from host_tools import report_page
from tests.host.pulled_logs import MONDAY_MS, units_of


class Outline(HTMLParser):
    """Elements of a page: tags with attributes, ids, links, and the text."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = []
        self.words = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def attributes(self, name):
        return [attrs[name] for _tag, attrs in self.elements if name in attrs]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def page_of(folder):
    text = report_page.page(units_of(folder), MONDAY_MS + 86_400_000)
    return text, Outline(text)
