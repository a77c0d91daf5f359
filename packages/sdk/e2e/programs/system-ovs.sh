#!/bin/sh
# Runs a program beside an Open vSwitch that plays the system's, in network and mount namespaces of its own.
set -e
mount -t tmpfs none /run
mkdir -p /run/openvswitch
cd /run/openvswitch
ip link set lo up
ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server --detach --pidfile --log-file=/run/openvswitch/db.log --remote=punix:/run/openvswitch/db.sock conf.db 2>/dev/null
ovs-vsctl --no-wait init
ovs-vswitchd --detach --pidfile --log-file=/run/openvswitch/vs.log unix:/run/openvswitch/db.sock 2>/dev/null
exec "$@"
