#!/usr/bin/env python3
"""Comments of GitHub and notes of GitLab, as far as the actions here use them, on loopback.

    fake_api.py FOLDER      writes its port into FOLDER/port when it listens; reads before each request FOLDER/mode:
        bot         the token is a workflow's own: it may write, and may not ask who it is
        person      a person's token: /user says "ada"
        readonly    a fork's: everything that writes is 403
        broken      everything is 500
    keeps the comments in FOLDER/comments.json and what was asked in FOLDER/requests
"""
import http.server, json, os, re, sys, urllib.parse

folder = sys.argv[1]


def read(name, otherwise):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return otherwise


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def any(self):
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        with open(os.path.join(folder, "requests"), "a", encoding="utf-8") as requests:
            print(self.command, self.path, file=requests)
        mode = read("mode", "bot").strip()
        token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
        if not token.endswith("t0ken"):
            return self.answer(401, {"message": "Bad credentials"})
        if mode == "broken":
            return self.answer(500, {"message": "out of order"})
        gitlab = url.path.startswith("/api/v4/")
        if url.path in ("/user", "/api/v4/user"):
            if mode == "person" or gitlab:
                return self.answer(200, {"login": "ada", "username": "ada", "id": 7})
            return self.answer(403, {"message": "Resource not accessible by integration"})
        if self.command != "GET" and mode == "readonly":
            return self.answer(403, {"message": "Resource not accessible by integration\n::error::hostile"})
        comments = json.loads(read("comments.json", "[]"))
        me = {"login": "ada", "username": "ada", "type": "User"} if mode == "person" or gitlab else {"login": "github-actions[bot]", "type": "Bot"}
        listing = re.fullmatch(r"/repos/o/r/issues/7/comments|/api/v4/projects/42/merge_requests/7/notes", url.path)
        one = re.fullmatch(r"/repos/o/r/issues/comments/(\d+)|/api/v4/projects/42/merge_requests/7/notes/(\d+)", url.path)
        if listing and self.command == "GET":
            size, page = int(query.get("per_page", 20)), int(query.get("page", 1))
            return self.answer(200, comments[(page - 1) * size:page * size])
        if listing and self.command == "POST":
            if len(body["body"]) > 65536:
                return self.answer(422, {"message": "Body is too long"})
            number = 1 + max((c["id"] for c in comments), default=0)
            comments.append({"id": number, "user": me, "author": me, "body": body["body"], "html_url": f"https://example.com/o/r/pull/7#issuecomment-{number}"})
            status, value = 201, comments[-1]
        elif one and self.command in ("PATCH", "PUT"):
            found = [c for c in comments if c["id"] == int(one[1] or one[2])]
            if not found:
                return self.answer(404, {"message": "Not Found"})
            found[0]["body"] = body["body"]
            status, value = 200, found[0]
        else:
            return self.answer(404, {"message": "Not Found"})
        with open(os.path.join(folder, "comments.json"), "w", encoding="utf-8") as file:
            json.dump(comments, file)
        self.answer(status, value)

    do_GET = do_POST = do_PATCH = do_PUT = any


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(os.path.join(folder, "port.new"), "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
