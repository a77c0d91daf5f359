"""The real Faucet as a judge of configurations: one JSON object a line in, one a line out.

  {"files": {"faucet.yaml": "..."}, "start": true}  ->  {"verdict": ..., "error": ..., "place": ...}
  {"tables": true}                                   ->  the options of each section, with the names of their types

Verdicts: `accepted`; `rejected` (InvalidConfigError, as check_faucet_config prints it); `crashed` (the parser ended with
another exception, or not at all); with `start`, `killed` (accepted, but the controller dies when the switches connect, or
when it answers LACP and sends its beacons).

One process judges all configurations: the state that the parser keeps in its classes is set back before each, and each
may use only so much time and memory.
"""

import copy
import json
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from unittest.mock import MagicMock

warnings.simplefilter("ignore")

from faucet import acl, conf, config_parser, dp, faucet_metrics, meter, port, router, stack, valve
from faucet import valve_of, valve_packet, valves_manager, vlan
from prometheus_client import CollectorRegistry

SECONDS = 8
PATIENCE = 60
MEMORY = 1 << 30
LOG = "oracle"
DEFAULTS = {
    kind: copy.deepcopy(kind.defaults)
    for kind in (acl.ACL, dp.DP, meter.Meter, port.Port, router.Router, stack.Stack, vlan.VLAN)
}


class Messages(logging.Handler):
    """Keeps what the parser logs: it says there why a file could not be read."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def type_names(kind):
    """The names of the types in a table of Faucet, which are types, None, or tuples of both."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return ["null" if one is None else one.__name__ for one in kinds]


def tables():
    """Every option table of the installed Faucet."""
    matches = {name: (str, int) for name in list(acl.MATCH_FIELDS) + list(acl.OLD_MATCH_FIELDS)}
    found = {
        "dp": dp.DP.defaults_types,
        "dp.table_sizes": dp.DP.default_table_sizes_types,
        "dp.lldp_beacon": dp.DP.lldp_beacon_defaults_types,
        "dp.dot1x": dp.DP.dot1x_defaults_types,
        "stack": stack.Stack.defaults_types,
        "port": port.Port.defaults_types,
        "port.stack": port.Port.stack_defaults_types,
        "port.lldp_beacon": port.Port.lldp_beacon_defaults_types,
        "port.lldp_beacon.org_tlvs": port.Port.lldp_org_tlv_defaults_types,
        "port.coprocessor": port.Port.coprocessor_defaults_types,
        "vlan": vlan.VLAN.defaults_types,
        "router": router.Router.defaults_types,
        "router.bgp": router.Router.bgp_defaults_types,
        "meter": meter.Meter.defaults_types,
        "acl": acl.ACL.defaults_types,
        "rule": {**acl.ACL.rule_types, **matches},
        "actions": acl.ACL.actions_types,
        "output": acl.ACL.output_actions_types,
        "tunnel": acl.ACL.tunnel_types,
        "ct": acl.ACL.ct_action_types,
        "ct.nat": acl.ACL.ct_action_nat_types,
    }
    return {
        section: {option: type_names(kind) for option, kind in options.items()} for section, options in found.items()
    }


def place(err):
    """Where in Faucet an exception came from."""
    last = traceback.extract_tb(err.__traceback__)[-1]
    return "%s:%d %s" % (os.path.basename(last.filename), last.lineno, last.name)


def judge(path, start):
    """The verdict on one configuration file."""
    log = Messages()
    logger = logging.getLogger(LOG + ".config")
    logger.handlers = [log]
    try:
        # As check_faucet_config does it.
        _, _, dps, _ = config_parser.dp_parser(path, LOG)
        for one in dps:
            valve.valve_factory(one)
            one.to_conf()
    except conf.InvalidConfigError as err:
        told = "; ".join([str(err) or repr(err.__cause__)] + log.lines)
        return {"verdict": "rejected", "error": told[:2000], "place": place(err)}
    except BaseException as err:  # pylint: disable=broad-except
        told = "%s: %s" % (type(err).__name__, err)
        return {"verdict": "crashed", "error": told[:2000], "place": place(err)}
    if start:
        try:
            connect(path)
        except BaseException as err:  # pylint: disable=broad-except
            told = "%s: %s" % (type(err).__name__, err)
            return {"verdict": "killed", "error": told[:2000], "place": place(err)}
    return {"verdict": "accepted"}


def connect(path):
    """Lets the controller load the file, every switch connect with all of its ports up, and LACP and LLDP be sent."""
    logger = logging.getLogger(LOG)
    manager = valves_manager.ValvesManager(
        LOG,
        logger,
        faucet_metrics.FaucetMetrics(reg=CollectorRegistry()),
        MagicMock(),
        MagicMock(),
        MagicMock(),
        False,
        sent,
    )
    manager.load_configs(1, path)
    for one in manager.valves.values():
        sent(one, one.datapath_connect(2, set(one.dp.ports)))
    # A port in no VLAN is only up for Faucet when it has come up since.
    for one in manager.valves.values():
        others = [other for other in manager.valves.values() if other is not one]
        for number in one.dp.ports:
            for state in (valve_of.ofp.OFPPS_LINK_DOWN, valve_of.ofp.OFPPS_LIVE):
                told = one.port_status_handler(number, valve_of.ofp.OFPPR_MODIFY, state, others, 3)
                for another, messages in told.items():
                    sent(another, messages)
    # All links of aggregates come up in the first round; in the second, those that waited for others answer too. Each is
    # later than any lacp_resp_interval, and than any fast_advertise_interval that a day has.
    for now in (100000, 200000):
        for one in manager.valves.values():
            for port in one.dp.ports.values():
                if port.lacp and port.running() and port.vlans():
                    now += 2
                    manager.valve_packet_in(now, one, lacp_frame(one, port))
        manager.valve_flow_services(now, "fast_advertise")


def sent(one, messages):
    """Makes the octets of messages to a switch."""
    for message in one.prepare_send_flows(messages):
        message.datapath = MagicMock(ofproto=valve_of.ofp, ofproto_parser=valve_of.parser)
        message.xid = 1
        message.serialize()


def lacp_frame(one, port):
    """The message with which a switch hands over the LACP of a partner that is ready."""
    mac = "0a:00:00:00:0f:01"
    frame = bytes(valve_packet.lacp_reqreply(mac, mac, 1, 1, actor_state_synchronization=1).data)
    return MagicMock(
        reason=valve_of.ofp.OFPR_ACTION,
        cookie=one.dp.cookie,
        match={"in_port": port.number},
        data=frame,
        total_len=len(frame),
    )


def on_alarm(*_):
    """Ends a configuration that takes for ever."""
    raise TimeoutError("no verdict within %d seconds of processor time, or %d of any" % (SECONDS, PATIENCE))


def answer(request, folder):
    """The verdict on a request, whose files are written to an empty folder."""
    # The parser writes into the default values of its classes, which are dictionaries that all objects share.
    for kind, defaults in DEFAULTS.items():
        kind.defaults = copy.deepcopy(defaults)
    try:
        for name, text in request["files"].items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
        # The processor's time: how busy the machine is must not decide.
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(PATIENCE)
        try:
            return judge(os.path.join(folder, "faucet.yaml"), request.get("start", False))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
    finally:
        for entry in os.scandir(folder):
            shutil.rmtree(entry.path) if entry.is_dir() else os.unlink(entry.path)


def main():
    """Answers until the input ends."""
    logging.getLogger(LOG).addHandler(logging.NullHandler())
    # What os-ken warns of would go to the error output.
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger(LOG).propagate = False
    signal.signal(signal.SIGPROF, on_alarm)
    signal.signal(signal.SIGALRM, on_alarm)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory(prefix="faucet-oracle-") as folder:
        # An ofchannel_log without a folder goes to the current one.
        os.chdir(folder)
        for line in sys.stdin:
            request = json.loads(line)
            told = tables() if request.get("tables") else answer(request, folder)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
