"""A device on aiocoap: objects 3 and 5, text and TLV, firmware by push (Block1) and pull (Block2).

Arguments: host and port of the server, endpoint client name, seconds to run, and `Q` for queue mode. It prints what is
asked of it, updates its registration every ten seconds, and de-registers at the end. docs/real-devices.md says how.
"""

import asyncio
import sys
import time

from aiocoap import DELETE, GET, POST, Context, Message, error, resource
from aiocoap.numbers.codes import Code

HOST, PORT, ENDPOINT, SECONDS = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
QUEUE_MODE = sys.argv[5:6] == ["Q"]
TLV = 11542
# The long value makes a Read of the whole object come in blocks.
DEVICE = {0: "aiocoap", 1: "P-1", 3: "1.0", 9: 55, 13: int(time.time()), 15: "UTC", 17: "x" * 2000}
FIRMWARE = {3: 0, 5: 0, 8: 0, 9: 2}
WRITABLE = {13: int, 15: str}
EXECUTABLE_OR_WRITTEN = {3: (4,), 5: (0, 1, 2)}


def say(*what):
    print(*what, flush=True)


def encode(value):
    if isinstance(value, str):
        return value.encode()
    size = next(n for n in (1, 2, 4, 8) if -(1 << (8 * n - 1)) <= value < (1 << (8 * n - 1)))
    return value.to_bytes(size, "big", signed=True)


def tlv(number, value):
    """One resource with an id below 256."""
    if len(value) < 8:
        return bytes([0xC0 | len(value), number]) + value
    if len(value) < 256:
        return bytes([0xC8, number, len(value)]) + value
    return bytes([0xD0, number]) + len(value).to_bytes(2, "big") + value


class Instance(resource.Resource):
    def __init__(self, number, values):
        super().__init__()
        self.number, self.values = number, values

    async def render_get(self, request):
        say("read", f"/{self.number}/0")
        payload = b"".join(tlv(number, encode(value)) for number, value in sorted(self.values.items()))
        return Message(payload=payload, content_format=TLV)


class Resource(resource.Resource):
    def __init__(self, device, instance, number, values):
        super().__init__()
        self.device, self.path, self.number, self.values = device, (instance, number), number, values

    async def render_get(self, request):
        say("read", self.path)
        if self.number not in self.values:
            raise error.UnallowedMethod()
        return Message(payload=str(self.values[self.number]).encode(), content_format=0)

    async def render_put(self, request):
        say("write", self.path, len(request.payload), "bytes")
        if self.path == (5, 0):
            FIRMWARE[3], FIRMWARE[5] = (0 if len(request.payload) <= 1 else 2), 0
        elif self.path == (5, 1):
            uri = request.payload.decode()
            FIRMWARE[3], FIRMWARE[5] = (1 if uri else 0), 0
            if uri:
                self.device.start(self.device.pull(uri))
        elif self.path[0] == 3 and self.number in WRITABLE:
            DEVICE[self.number] = WRITABLE[self.number](request.payload.decode())
        else:
            raise error.UnallowedMethod()
        return Message(code=Code.CHANGED)

    async def render_post(self, request):
        say("execute", self.path)
        if self.path == (5, 2) and FIRMWARE[3] == 2:
            FIRMWARE[3] = 3
            self.device.start(self.device.install())
        elif self.path != (3, 4):
            raise error.UnallowedMethod()
        return Message(code=Code.CHANGED)


class Device:
    def __init__(self):
        self.location = ()
        # Tasks of the event loop are forgotten unless somebody holds them.
        self.running = set()

    def start(self, work):
        task = asyncio.ensure_future(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def pull(self, uri):
        try:
            answer = await self.context.request(Message(code=GET, uri=uri)).response
            say("pulled", len(answer.payload), "bytes")
            FIRMWARE[3], FIRMWARE[5] = (2, 0) if answer.code.is_successful() else (0, 7)
        except error.Error as problem:
            say("pull:", problem)
            FIRMWARE[3], FIRMWARE[5] = 0, 4

    async def install(self):
        await asyncio.sleep(1)
        DEVICE[3], FIRMWARE[3], FIRMWARE[5] = "2.0", 0, 1
        await self.register()

    async def register(self):
        links = b'</>;rt="oma.lwm2m";ct=11542,</1/0>,</3/0>,</5/0>'
        message = Message(code=POST, uri=f"coap://{HOST}:{PORT}/rd", payload=links, content_format=40)
        message.opt.uri_query = [f"ep={ENDPOINT}", "lt=60", "lwm2m=1.1", "b=U"] + (["Q"] if QUEUE_MODE else [])
        answer = await self.context.request(message).response
        self.location = answer.opt.location_path
        say("registered", answer.code, self.location)

    async def at_location(self, code):
        answer = await self.context.request(
            Message(code=code, uri=f"coap://{HOST}:{PORT}/{'/'.join(self.location)}")
        ).response
        say("update" if code is POST else "de-register", answer.code)

    async def run(self):
        site = resource.Site()
        for number, values in ((3, DEVICE), (5, FIRMWARE)):
            site.add_resource([str(number), "0"], Instance(number, values))
            for each in {*values, *EXECUTABLE_OR_WRITTEN[number]}:
                site.add_resource([str(number), "0", str(each)], Resource(self, number, each, values))
        # A fixed port, or the answers would come from another one than the Register.
        self.context = await Context.create_server_context(site, bind=(HOST, PORT + 1_000))
        await self.register()
        for _ in range(SECONDS // 10):
            await asyncio.sleep(10)
            await self.at_location(POST)
        await self.at_location(DELETE)


asyncio.run(Device().run())
