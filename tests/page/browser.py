"""Headless Chromium, spoken to through a pipe (--remote-debugging-pipe: Chrome DevTools Protocol, a NUL after each
message): no port, no driver, nothing but Python's own library."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE = 600  # seconds for one answer: it ends what hangs, and is no measure of anything
STARTS = 4


class Gone(Exception):
    """The browser ended, or did not answer."""


class Browser:
    def __init__(self, program):
        self.program = program
        self.next_id = 0
        self.events = []
        self.session = None
        for attempt in range(STARTS):
            try:
                self.start()
                return
            except Gone:
                self.end()
                if attempt + 1 == STARTS:
                    raise

    def start(self):
        self.folder = tempfile.mkdtemp(prefix="page-browser-")
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        self.rest = b""

        def streams():
            # Away from 3 and 4 first: one may be the other's place.
            command, answer = os.dup(to_read), os.dup(to_write)
            spare = [os.dup(command), os.dup(answer)]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [self.program, "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
             "--no-default-browser-check", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1",
             "--remote-debugging-pipe", "--user-data-dir=" + self.folder, "about:blank"] + sandbox,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=streams, start_new_session=True)
        os.close(to_read)
        os.close(to_write)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log":
            self.call(domain + ".enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def message(self, deadline):
        while b"\0" not in self.rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise Gone("no answer")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise Gone("it ended")
            self.rest += data
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **parameters):
        self.next_id += 1
        request = {"id": self.next_id, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        try:
            data = json.dumps(request).encode() + b"\0"
            while data:
                data = data[os.write(self.write_end, data):]
        except BrokenPipeError as error:
            raise Gone("it ended") from error
        deadline = time.monotonic() + DEADLINE
        while True:
            message = self.message(deadline)
            if message.get("id") != self.next_id:
                self.events.append(message)
            elif "error" in message:
                raise RuntimeError("%s: %s" % (method, message["error"]))
            else:
                return message["result"]

    def open(self, path):
        """Loads a file and gives what it asked the network for, and what the browser complained of."""
        self.events = []
        loader = self.call("Page.navigate", url="file://" + os.path.realpath(path))["loaderId"]
        deadline = time.monotonic() + DEADLINE
        # This load: that of the page before may be told as late as now.
        while not any(event["method"] == "Page.lifecycleEvent" and event["params"]["name"] == "load" and
                      event["params"]["loaderId"] == loader for event in self.events):
            self.events.append(self.message(deadline))
        return self.told()

    def told(self):
        asked, complaints = [], []
        for event in self.events:
            if event["method"] == "Network.requestWillBeSent":
                asked.append(event["params"]["request"]["url"])
            elif event["method"] == "Log.entryAdded":
                complaints.append(event["params"]["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                complaints.append(str(event["params"]["exceptionDetails"].get("text")))
        return asked, complaints

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:2000])
        return result["result"].get("value")

    def look(self, width, scheme, media="screen"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def picture(self):
        width, height = self.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]

    def end(self):
        for descriptor in self.write_end, self.read_end:
            os.close(descriptor)
        ended = os.pidfd_open(self.process.pid)
        select.select([ended], [], [], 10)
        os.close(ended)
        os.killpg(self.process.pid, 9)  # kill: not waited for yet, so its group is still its own
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
