"""Mininet on orders from standard input, one answer in JSON for each. Times are milliseconds.

Runs as Debian's Python, in a sandbox in which Open vSwitch runs already.
"""
import json
import sys
from functools import partial
from time import perf_counter

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.node import OVSSwitch
from mininet.topo import SingleSwitchTopo

setLogLevel('error')
net = None


def milliseconds(work):
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def start(count):
    """From nothing to the first answered ping."""
    def work():
        global net
        switch = partial(OVSSwitch, datapath='user', failMode='standalone')
        net = Mininet(topo=SingleSwitchTopo(k=count), switch=switch, controller=None)
        net.start()
        first, second = net.hosts[:2]
        while ' 1 received' not in first.cmd('ping -nqc1 -W1', second.IP()):
            pass
    return milliseconds(work)


def stop(_):
    return milliseconds(lambda: net.stop())


def ping_all(_):
    """All ordered pairs, with Mininet's own method."""
    def work():
        if net.pingAll() != 0:
            raise RuntimeError('pingAll lost packets')
    return milliseconds(work)


def one_by_one(command, count):
    host = net.hosts[0]

    def work():
        for _ in range(count):
            host.cmd(command)
    return milliseconds(work) / count


def in_four(count):
    """Four hosts at a time, in Mininet's own way: send to each, then wait for each."""
    hosts = net.hosts[:4]

    def work():
        for _ in range(count // 4):
            for host in hosts:
                host.sendCmd('/bin/true')
            for host in hosts:
                host.waitOutput()
    return milliseconds(work) / count


orders = {
    'start': start,
    'stop': stop,
    'ping-all': ping_all,
    'one-by-one': lambda count: one_by_one('/bin/true', count),
    'builtin': lambda count: one_by_one('true', count),
    'in-four': in_four,
}

print(json.dumps('ready'), flush=True)
while True:
    line = sys.stdin.readline()
    if not line:
        break
    name, *rest = line.split()
    print(json.dumps(orders[name](int(rest[0]) if rest else None)), flush=True)
