"""Hosts that send each other numbered packets without a pause, and say which did not come.

Each host is a network device in the namespace of this process. Standard input has one order a line, in JSON; each is
answered by one line:
  {"open": {host: {"device", "mac", "ip", "tag"?}}}   takes the devices, waiting until they are there
  {"go": {"streams": [{"from", "to", "mac"}], "rate": packets a second of each stream}}
  {"count": true}                                    what every stream has sent, and what of it was overtaken by later ones
  {"stop": true}                                     sends nothing more; what has not come when the last packets have come
An end of the input ends it. Hosts answer ARP. What the kernel drops on the way to or from the switch is counted apart:
it was not the switch.
"""
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time

ETH_ALL, ETH_IP, ETH_ARP, ETH_VLAN = 3, 0x0800, 0x0806, 0x8100
SOL_PACKET, PACKET_STATISTICS, PACKET_AUXDATA = 263, 6, 8
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFTXQLEN = 0x8913, 0x8914, 0x8943
SO_RCVBUFFORCE, PACKET_OUTGOING = 33, 4
UDP_PORT = 4242
BUFFER = 64 << 20


def set_device(name):
    """Brings a device up, with a queue that nothing falls out of."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        ifreq = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack('16sh22x', name.encode(), 0))
        (flags,) = struct.unpack_from('16xh', ifreq)
        fcntl.ioctl(control, SIOCSIFTXQLEN, struct.pack('16si20x', name.encode(), 20000))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack('16sh22x', name.encode(), flags | 1))


def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def mac_bytes(text):
    return bytes.fromhex(text.replace(':', ''))


class Host:
    def __init__(self, name, setting):
        self.name = name
        self.device = setting['device']
        self.mac = mac_bytes(setting['mac'])
        self.ip = socket.inet_aton(setting['ip'])
        self.tag = setting.get('tag')
        self.dropped = 0
        for _ in range(2000):
            try:
                set_device(self.device)
                break
            except OSError as error:
                if error.errno != errno.ENODEV:
                    raise
                time.sleep(0.005)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        # The kernel takes a tag out of the frame and tells of it beside.
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.bind((self.device, ETH_ALL))
        self.socket.setblocking(False)

    def frame(self, destination, eth_type, payload):
        tag = b'' if self.tag is None else struct.pack('!HH', ETH_VLAN, self.tag)
        return destination + self.mac + tag + struct.pack('!H', eth_type) + payload

    def send(self, frame):
        try:
            self.socket.send(frame)
            return True
        except OSError as error:
            # The switch is not there: its devices went with it.
            if error.errno in (errno.ENETDOWN, errno.ENXIO, errno.ENODEV, errno.ENOBUFS):
                return False
            raise

    def drops(self):
        """Packets that were there and did not fit."""
        if self.socket.fileno() >= 0:
            try:
                _, lost = struct.unpack('II', self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
                self.dropped += lost
            except OSError:
                pass
        try:
            with open(f'/sys/class/net/{self.device}/statistics/tx_dropped') as file:
                queue = int(file.read())
        except OSError:
            queue = 0
        return self.dropped, queue


class Stream:
    def __init__(self, number, source, target, destination):
        self.number, self.source, self.target = number, source, target
        self.destination = mac_bytes(destination)
        self.name = f'{source.name}>{target.name}'
        self.sent = 0
        self.unsent = 0
        self.missing = set()
        self.twice = 0
        # All before this one have come or are in `missing`.
        self.next = 0

    def send(self):
        data = struct.pack('!IQ', self.number, self.sent)
        udp = struct.pack('!HHHH', UDP_PORT, UDP_PORT, 8 + len(data), 0) + data
        ip = bytearray(struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, self.source.ip, self.target.ip))
        struct.pack_into('!H', ip, 10, checksum(bytes(ip)))
        if self.source.send(self.source.frame(self.destination, ETH_IP, bytes(ip) + udp)):
            self.sent += 1
        else:
            self.unsent += 1

    def came(self, number):
        if number >= self.next:
            self.missing.update(range(self.next, number))
            self.next = number + 1
        elif number in self.missing:
            self.missing.discard(number)
        else:
            self.twice += 1

    def count(self, at_end):
        # The last ones may be on the way still; packets of a stream do not overtake each other.
        gap = sorted(self.missing) + list(range(self.next, self.sent) if at_end else [])
        return {'name': self.name, 'sent': self.sent, 'unsent': self.unsent, 'came': self.next > 0, 'lost': len(gap), 'first': gap[:5], 'twice': self.twice}


class Traffic:
    def __init__(self):
        self.hosts, self.streams, self.poll = {}, [], select.epoll()
        self.poll.register(0, select.EPOLLIN)
        self.rate = self.begin = self.done = self.turn = 0
        self.by_fd = {}

    def open(self, hosts):
        for fd, host in self.by_fd.items():
            try:
                self.poll.unregister(fd)
            except OSError:
                pass
            host.socket.close()
        before = self.hosts
        self.hosts = {name: Host(name, setting) for name, setting in hosts.items()}
        self.by_fd = {host.socket.fileno(): host for host in self.hosts.values()}
        for name, host in self.hosts.items():
            if name in before:
                host.dropped = before[name].dropped
        for fd in self.by_fd:
            self.poll.register(fd, select.EPOLLIN)
        for stream in self.streams:
            stream.source, stream.target = self.hosts[stream.source.name], self.hosts[stream.target.name]
        # Everybody hears of everybody, as when a cable is plugged in.
        for host in self.hosts.values():
            host.send(host.frame(b'\xff' * 6, ETH_ARP, struct.pack('!HHBBH6s4s6s4s', 1, ETH_IP, 6, 4, 1, host.mac, host.ip, bytes(6), host.ip)))
        return {}

    def go(self, streams, rate):
        # Packets that were sent before are not mistaken for those of now.
        self.turn += 1000
        self.streams = [Stream(self.turn + index, self.hosts[one['from']], self.hosts[one['to']], one['mac']) for index, one in enumerate(streams)]
        self.rate, self.begin, self.done = rate, time.monotonic(), 0
        return {}

    def count(self, at_end=False):
        drops = [host.drops() for host in self.hosts.values()]
        return {'streams': [stream.count(at_end) for stream in self.streams], 'dropped': {'received': sum(one for one, _ in drops), 'queued': sum(one for _, one in drops)}}

    def stop(self):
        self.rate = 0
        # What is on the way comes within the time that a busy machine may need.
        for _ in range(100):
            if all(stream.next == stream.sent for stream in self.streams):
                break
            self.look(0.02, False)
        for _ in range(5):
            self.look(0.02, False)
        return self.count(True)

    def look(self, timeout, orders=True):
        for fd, _ in self.poll.poll(timeout):
            if fd == 0:
                if orders:
                    return True
            elif fd in self.by_fd:
                self.receive(self.by_fd[fd])
        return False

    def receive(self, host):
        for _ in range(200):
            try:
                data, ancillary, _, address = host.socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            except OSError:
                # The device is gone, until it is opened anew.
                try:
                    self.poll.unregister(host.socket.fileno())
                except OSError:
                    pass
                return
            if address[2] == PACKET_OUTGOING:
                continue
            tag = None
            for _, kind, content in ancillary:
                if kind == PACKET_AUXDATA:
                    status, = struct.unpack_from('I', content)
                    tci, = struct.unpack_from('H', content, 16)
                    tag = tci & 0xfff if status & 0x10 else None
            if tag == host.tag:
                self.take(host, data)

    def take(self, host, data):
        eth_type = struct.unpack_from('!H', data, 12)[0] if len(data) > 14 else 0
        if eth_type == ETH_ARP and len(data) >= 42:
            operation, sender, sender_ip, _, target_ip = struct.unpack_from('!H6s4s6s4s', data, 20)
            if operation == 1 and target_ip == host.ip and sender != host.mac:
                host.send(host.frame(sender, ETH_ARP, struct.pack('!HHBBH6s4s6s4s', 1, ETH_IP, 6, 4, 2, host.mac, host.ip, sender, sender_ip)))
        elif eth_type == ETH_IP and len(data) >= 54 and data[:6] == host.mac and data[23] == 17:
            port, = struct.unpack_from('!H', data, 36)
            number, sequence = struct.unpack_from('!IQ', data, 42)
            index = number - self.turn
            if port == UDP_PORT and 0 <= index < len(self.streams) and self.streams[index].target is host:
                self.streams[index].came(sequence)

    def run(self):
        lines = b''
        while True:
            if self.look(0.001 if self.rate else 1):
                text = os.read(0, 65536)
                if not text:
                    return
                *orders, lines = (lines + text).split(b'\n')
                for order in orders:
                    for name, argument in json.loads(order).items():
                        answer = getattr(self, name)(**argument) if name == 'go' else getattr(self, name)(argument) if name == 'open' else getattr(self, name)()
                        print(json.dumps(answer), flush=True)
            if self.rate:
                # No more than a few at a time, however late it is: an ordinary host does not send bursts either.
                due = int((time.monotonic() - self.begin) * self.rate)
                for _ in range(min(due - self.done, 4)):
                    for stream in self.streams:
                        stream.send()
                self.done = due


Traffic().run()
