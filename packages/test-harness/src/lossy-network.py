"""
A network between two devices, as packets: each takes a delay, and some are lost, by a seed. A line of JSON on stdin says
what holds from now on, {"delay": seconds, "loss": 0 to 1}; a line on stdout answers, with the packets until then. It ends
with stdin.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
TUN_WITHOUT_HEADER = 0x0001 | 0x1000


def device(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH14x", name.encode(), TUN_WITHOUT_HEADER))
    return fd


def say(**counts):
    print(json.dumps(counts), flush=True)


def main(names, seed):
    one, other = (device(name) for name in names)
    across = {one: other, other: one}
    chance = random.Random(seed)
    state = {"delay": 0.0, "loss": 0.0}
    passed = lost = number = 0
    under_way = []
    commands = b""
    say(passed=0, lost=0)
    while True:
        wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        ready, _, _ = select.select([0, one, other], [], [], wait)
        for fd in ready:
            if fd == 0:
                read = os.read(0, 4096)
                if not read:
                    return
                *lines, commands = (commands + read).split(b"\n")
                for line in lines:
                    state.update(json.loads(line))
                    say(passed=passed, lost=lost)
                continue
            packet = os.read(fd, 65536)
            if chance.random() < state["loss"]:
                lost += 1
                continue
            number += 1
            heapq.heappush(under_way, (time.monotonic() + state["delay"], number, across[fd], packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(under_way)
            try:
                os.write(to, packet)
                passed += 1
            except OSError:
                lost += 1  # the other end is down


main(sys.argv[1:3], int(sys.argv[3]))
