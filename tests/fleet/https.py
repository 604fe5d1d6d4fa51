#!/usr/bin/env python3
"""A git server behind https for tests: `git http-backend` of git itself, for whoever has the token.

    https.py FOLDER CERTIFICATE-AND-KEY TOKEN      prints its port, then serves the repositories in FOLDER

Paths below /moved/ are redirected, and those below /away/ to another host."""
import base64
import http.server
import os
import ssl
import subprocess
import sys

FOLDER, CERTIFICATE, TOKEN = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            data += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return data

    def answer(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        data = self.body()
        if self.path.startswith("/moved/"):
            self.answer(301, [("Location", self.path[len("/moved"):])])
            return
        if self.path.startswith("/away/"):
            self.answer(301, [("Location", f"https://127.0.0.1:{server.server_address[1]}{self.path[len('/away'):]}")])
            return
        given = self.headers.get("Authorization", "")
        secret = base64.b64decode(given[6:]).decode() if given.startswith("Basic ") else ""
        if secret.partition(":")[2] != TOKEN:
            self.answer(401, [("WWW-Authenticate", 'Basic realm="builders"')])
            return
        path, _, query = self.path.partition("?")
        env = dict(os.environ, GIT_PROJECT_ROOT=FOLDER, GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
                   PATH_INFO=path, QUERY_STRING=query, REMOTE_USER="host", REMOTE_ADDR="127.0.0.1",
                   CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(data)))
        if self.headers.get("Content-Encoding"):
            env["HTTP_CONTENT_ENCODING"] = self.headers["Content-Encoding"]
        out = subprocess.run(["git", "http-backend"], input=data, env=env, stdout=subprocess.PIPE, check=False).stdout
        head, _, body = out.partition(b"\r\n\r\n")
        headers = [tuple(line.decode().split(": ", 1)) for line in head.split(b"\r\n") if line]
        status = next((int(value[:3]) for name, value in headers if name == "Status"), 200)
        self.answer(status, [header for header in headers if header[0] != "Status"], body)

    do_GET = do_POST = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
