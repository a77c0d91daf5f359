"""An app beside the real Faucet, in its process: takes commands from a test, and tells when Faucet has done everything.

One JSON object a line on the standard input, one a line on the standard output.

  {"load": true}                        reads the configuration again     -> {"ok": false, "error": "..."}
  {"settle": [dpid, ...], "links": 3}   waits until these dataplanes are connected and that many ends of stack links are
                                        up (some seconds at most: "up" tells how many are), until Faucet has handled every packet that came before, and until the
                                        switches have carried out what it sent        -> {"ok": true, "up": 3}, or
                                        {"ok": false, "error": "..."} when a dataplane does not connect in some seconds

Faucet itself is as it was installed, but for two things. What it does from time to time it does more often: stacks take
seconds to come up with the original periods. And it makes a new instruction for each flow: the original keeps those that
look alike as one object (an lru_cache), takes the set_field actions out of it when one flow has no output, and so breaks
other flows, of other configurations too (see known-forwarding-differences.ts).

What it remembers of the stack of one configuration is taken from it before the next.
"""

import json
import os
import random
import sys
import time

from eventlet.greenio import GreenPipe
from faucet import faucet as application
from faucet import valve_of
from faucet.valve_ryuapp import OSKenAppBase
from faucet.valves_manager import MetaDPState
from os_ken.base import app_manager
from os_ken.controller import dpset, event, ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib import hub

PERIOD = 0.2
# Seconds for stack links: they never come up where an ACL drops the probes.
PATIENCE = 6
# Seconds for dataplanes to connect: those of another configuration than the present one never do.
CONNECTION = 15


class Turn(event.EventBase):
    """Comes to Faucet after everything that was on its way to it."""

    def __init__(self, action):
        super().__init__()
        self.action = action
        self.reached = hub.Event()


def often(self, _period, _jitter=2):
    """In place of the wait between two rounds of a service."""
    hub.sleep(PERIOD + random.random() * PERIOD / 4)
    self._check_thread_exception()  # pylint: disable=protected-access


OSKenAppBase._thread_jitter = often  # pylint: disable=protected-access
application.Faucet._VALVE_SERVICES[application.EventFaucetMaintainStackRoot] = (None, PERIOD)  # pylint: disable=protected-access

if not os.environ.get("FAUCET_AS_INSTALLED"):
    valve_of._apply_actions = valve_of._apply_actions.__wrapped__  # pylint: disable=protected-access


class Courier(app_manager.OSKenApp):
    """Answers the test."""

    _CONTEXTS = {"dpset": dpset.DPSet}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dpset = kwargs["dpset"]
        self.barriers = {}

    def start(self):
        super().start()
        self.threads.append(hub.spawn(self.listen))

    def listen(self):
        """Commands come one after the other."""
        for line in GreenPipe(sys.stdin.fileno(), "r"):
            command = json.loads(line)
            self.tell(self.load() if command.get("load") else self.settle(command["settle"], command["links"]))

    @staticmethod
    def tell(answer):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    @property
    def faucet(self):
        return app_manager.lookup_service_brick("Faucet")

    def load(self):
        """A new configuration."""
        self.turn(reload)
        error = self.faucet.valves_manager.meta_dp_state.config_hash_info.get("error", "not loaded")
        return {"ok": error == "", "error": error}

    def settle(self, wanted, links):
        """All connected, all stack links up, and nothing on its way."""
        if not self.wait(CONNECTION, lambda: self.is_running(wanted)):
            return {"ok": False, "error": f"one of the dataplanes {wanted} is not connected"}
        self.wait(PATIENCE, lambda: self.links_up(wanted) >= links)
        for _ in range(2):
            self.barrier(wanted)
            self.turn()
        self.barrier(wanted)
        return {"ok": True, "up": self.links_up(wanted)}

    @staticmethod
    def wait(seconds, condition):
        """Whether something comes to be before the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            hub.sleep(0.01)
        return True

    def valves(self, wanted):
        return [self.faucet.valves_manager.valves.get(dpid) for dpid in wanted]

    def is_running(self, wanted):
        return all(valve and valve.dp.dyn_running and self.dpset.get(valve.dp.dp_id) for valve in self.valves(wanted))

    def links_up(self, wanted):
        return sum(port.is_stack_up() for valve in self.valves(wanted) if valve for port in valve.dp.stack_ports())

    def turn(self, action=None):
        """Waits until Faucet has handled all events that it had, and then an action of ours."""
        turn = Turn(action)
        faucet = self.faucet
        if Turn not in faucet.event_handlers:
            faucet.register_handler(Turn, reach)
        self.send_event("Faucet", turn)
        turn.reached.wait()

    def barrier(self, wanted):
        """Waits until the switches have done what they were told, and their packets are on the way to Faucet."""
        for dpid in wanted:
            datapath = self.dpset.get(dpid)
            if datapath is None:
                continue
            request = datapath.ofproto_parser.OFPBarrierRequest(datapath)
            datapath.set_xid(request)
            done = self.barriers[request.xid] = hub.Event()
            datapath.send_msg(request)
            done.wait(5)

    @set_ev_cls(ofp_event.EventOFPBarrierReply, MAIN_DISPATCHER)  # pylint: disable=no-member
    def barrier_reply(self, reply):
        """A switch has done everything."""
        done = self.barriers.pop(reply.msg.xid, None)
        if done:
            done.set()


def reach(turn):
    """What Faucet does with a turn."""
    if turn.action:
        turn.action()
    turn.reached.set()


def reload():
    """As at SIGHUP. Nothing comes between this and what is forgotten before."""
    faucet = app_manager.lookup_service_brick("Faucet")
    faucet.valves_manager.meta_dp_state = MetaDPState()
    faucet.reload_config(None)
