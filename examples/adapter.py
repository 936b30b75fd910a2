#!/usr/bin/env python3
"""Adapts the jobs server (jobs-server.js), which it starts itself, by the JSON protocol of adapters (docs/adapters.md).

  fleetproof verify --adapter-command "python3 examples/adapter.py" --profile ./examples/scaled-times.profile.json --time 30s

With --http it answers by HTTP instead, on a free port that it prints:

  python3 examples/adapter.py --http

Standard library only. Standard output is for answers alone; a log goes to standard error.
"""
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DO = {"R": "get", "W": "set", "E": "run"}
STATUSES = {
    "waits": "QUEUED",
    "sent": "PROCESSING",
    "fine": "SUCCEEDED",
    "bad": "FAILED",
    "stopping": "CANCEL_REQUESTED",
    "stopped": "CANCELLED",
}
TASK_STATUSES = {"later": "SCHEDULED", "new": "QUEUING", "open": "PROCESSING", "done": "COMPLETE", "stopped": "CANCELLED"}


class Refused(Exception):
    """What the server says no to: an answer, and no fault of the adapter."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class JobsServer:
    def __init__(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jobs-server.js")
        self.process = subprocess.Popen(["node", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.jobs, self.coap = ready["jobs"], ready["coap"]

    def ask(self, method, where, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.jobs}/{where}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=8) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.load(error)["problem"]) from error

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def whole(job):
    """The job as a whole, as an answer shows it beside its things."""
    counts = job["counts"]
    return {
        "status": TASK_STATUSES[job["state"]],
        "statusCounts": {
            "totalDevices": counts["all"],
            "numCompleted": counts["fine"] + counts["bad"] + counts["stopped"],
            "numSucceeded": counts["fine"],
            "numFailed": counts["bad"],
            "numCancelled": counts["stopped"],
        },
    }


class Adapter:
    """One method for each verb; its arguments are those of the message."""

    def __init__(self, server):
        self.server = server

    def hello(self, protocol):
        return {
            "protocol": 1,
            "coap": self.server.coap,
            "capabilities": {
                "cancel": True,
                "mirror": True,
                "attempts": True,
                "errorCodes": True,
                "history": True,
                "counts": True,
                "schedule": True,
                "expiry": {"minSeconds": 1},
                "serverProperties": True,
            },
            "verbs": [
                "provision",
                "createTask",
                "deviceStatuses",
                "getTask",
                "cancelTask",
                "properties",
                "taskHistory",
                "close",
            ],
        }

    def provision(self, devices):
        for device in devices:
            self.server.ask("PUT", f"things/{device['did']}")

    def createTask(self, request):
        job = {
            "things": request["dids"],
            "do": DO[request["taskType"]],
            "field": request["property"],
            "to": request.get("value"),
            "within": request.get("expiresAfter"),
            "at": request.get("scheduledOn"),
        }
        known = {name: value for name, value in job.items() if value is not None}
        return self.server.ask("POST", "jobs", known)["job"]

    def deviceStatuses(self, taskId):
        job = self.server.ask("GET", f"jobs/{taskId}")
        statuses = [
            {
                "did": each["thing"],
                "status": STATUSES[each["state"]],
                "numAttempts": each.get("tries"),
                "errorCode": each.get("code"),
                "errorMessage": each.get("text"),
            }
            for each in job["things"]
        ]
        return {**whole(job), "statuses": statuses}

    def getTask(self, taskId):
        return whole(self.server.ask("GET", f"jobs/{taskId}"))

    def taskHistory(self, taskId, did=None):
        past = self.server.ask("GET", f"jobs/{taskId}/past" if did is None else f"jobs/{taskId}/past/{did}")["past"]
        statuses = TASK_STATUSES if did is None else STATUSES
        return [{"status": statuses[each["state"]], "ts": each["when"]} for each in past]

    def cancelTask(self, taskId, did=None):
        self.server.ask("DELETE", f"jobs/{taskId}" if did is None else f"jobs/{taskId}/{did}")

    def properties(self, did):
        root = {}
        for name, value in self.server.ask("GET", f"things/{did}")["fields"].items():
            *parts, last = name.split(".")
            inner = root
            for part in parts:
                inner = inner.setdefault(part, {})
            inner[last] = value
        return root

    def close(self):
        self.server.stop()


def answer(adapter, question):
    """Whatever happens, a question gets one answer."""
    try:
        result = getattr(adapter, question["verb"])(**question["arguments"])
        return {"id": question["id"], "result": result}
    except Refused as refused:
        return {"id": question["id"], "refused": {"status": refused.status, "message": str(refused)}}
    except Exception as error:
        return {"id": question["id"], "error": f"{type(error).__name__}: {error}"}


def talk_by_lines(adapter):
    """Questions come many at once; answers may come in any order."""
    lock = threading.Lock()

    def settle(line):
        text = json.dumps(answer(adapter, json.loads(line)))
        with lock:
            print(text, flush=True)

    with ThreadPoolExecutor(max_workers=32) as pool:
        for line in sys.stdin:
            pool.submit(settle, line)


def talk_by_http(adapter):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer(adapter, question)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *parts):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(json.dumps({"url": f"http://127.0.0.1:{site.server_port}/"}), flush=True)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    ADAPTER = Adapter(JobsServer())
    if "--http" in sys.argv:
        talk_by_http(ADAPTER)
    else:
        talk_by_lines(ADAPTER)
