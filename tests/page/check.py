"""Pages in a browser, as TAP: no violation that axe-core finds, nothing wider than the screen, nothing loaded.

    check.py AXE PAGE…               SHOTS=DIR: pictures too, at each width, light and dark, for people
"""

import base64
import os
import shutil
import sys
import tempfile

from browser import Browser, Gone

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
# Where axe-core looks: of the first page everywhere, of the others twice, for it takes its time.
ALL = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
SOME = [(WIDTHS[0], SCHEMES[1]), (WIDTHS[2], SCHEMES[0])]
OPEN = "document.querySelectorAll('details').forEach(e => e.open = true)"
CLOSE = "document.querySelectorAll('details.more, details.steps, .cache details').forEach(e => e.open = false)"
WIDER = "document.documentElement.scrollWidth - innerWidth"
DRAWINGS = "[...document.querySelectorAll('.map')].filter(e => getComputedStyle(e).display != 'none').length"
MAPS = "document.querySelectorAll('.map').length"
AXE = """axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(
    v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' +
    (n.any.concat(n.all, n.none)[0] || {message: ''}).message).join(' | ')))"""

number = 0


def tell(name, problems):
    global number
    number += 1
    print("%s %d - page: %s" % ("not ok" if problems else "ok", number, name))
    for problem in problems:
        print("# " + str(problem).replace("\n", " "))
    return not problems


def shoot(browser, page, width, scheme):
    folder = os.environ.get("SHOTS")
    if folder and not os.path.basename(page).startswith("tmp"):
        name = "%s-%d-%s.png" % (os.path.splitext(os.path.basename(page))[0], width, scheme)
        with open(os.path.join(folder, name), "wb") as out:
            out.write(base64.b64decode(browser.picture()))


def measure(browser):
    """What does not fit, and drawings that are not shown once."""
    problems = []
    if browser.evaluate(WIDER) > 0:
        problems.append("it is %d px wider than the screen" % browser.evaluate(WIDER))
    if browser.evaluate(MAPS) > 0 and browser.evaluate(DRAWINGS) != 1:
        problems.append("%d drawings are shown" % browser.evaluate(DRAWINGS))
    return problems


def find(browser, axe, page, everywhere):
    """What it loads and what the browser says, what does not fit, and what axe-core finds."""
    asked, complaints = browser.open(page)
    own = "file://" + os.path.realpath(page)
    outside = ["it asked for " + url for url in asked if url != own] + complaints
    browser.evaluate(axe)
    violations, sizes = [], []
    for width in WIDTHS:
        for scheme in SCHEMES:
            where = "%d px, %s: " % (width, scheme)
            browser.look(width, scheme)
            shoot(browser, page, width, scheme)
            sizes += [where + problem for problem in measure(browser)]
            browser.evaluate(OPEN)
            sizes += [where + "all open: " + problem for problem in measure(browser)]
            if (width, scheme) in (ALL if everywhere else SOME):
                violations += [where + violation for violation in browser.evaluate(AXE)]
            browser.evaluate(CLOSE)
    return outside, sizes, violations


class Viewer:
    """A browser, and another one where that is gone: a browser that died says nothing about a page."""

    def __init__(self, program):
        self.program = program
        self.browser = Browser(program)

    def find(self, *arguments):
        try:
            return find(self.browser, *arguments)
        except Gone:
            self.browser.end()
            self.browser = Browser(self.program)
            return find(self.browser, *arguments)


def check(viewer, axe, page, everywhere):
    name = os.path.basename(page)
    outside, sizes, violations = viewer.find(axe, page, everywhere)
    well = tell(name + " loads nothing, and the browser has nothing to say", outside)
    well &= tell(name + " fits at %s px" % ", ".join(map(str, WIDTHS)), sizes)
    return tell(name + " has no violation that axe-core finds, light or dark", violations) and well


def control(viewer, axe):
    """Of a page with one mistake of each kind, each is found."""
    with tempfile.NamedTemporaryFile("w", suffix=".html") as page:
        page.write("<!DOCTYPE html><title>x</title><img src='nowhere.png'><p style='width:3000px;color:#aaa'>pale")
        page.flush()
        found = viewer.find(axe, page.name, False)
    return tell("what is wrong on a page is found", [] if all(found) else ["only this: %r" % (found,)])


def main():
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("ok 1 - page: in a browser # SKIP no chromium here")
        return 0
    with open(sys.argv[1], encoding="utf-8") as file:
        axe = file.read()
    viewer = Viewer(program)
    try:
        well = control(viewer, axe)
        for place, page in enumerate(sys.argv[2:]):
            well &= check(viewer, axe, page, place == 0)
    finally:
        viewer.browser.end()
    print("1..%d" % number)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
