# The floor: what a shell needs for N hosts on one switch, from nothing to the first answered ping. Where there is a
# quicker and a slower way, this takes the quicker one: the database and the commands for ip are made before the clock
# starts, Open vSwitch starts beside the links, and two processes at a time configure the hosts.
# Descriptors: 3 this script, 4 an empty database, 5 the commands for `ip -batch`. Arguments: N.
n=$1
mount -t tmpfs tmpfs /run
mkdir /run/openvswitch
export OVS_RUNDIR=/run/openvswitch OVS_LOGDIR=/run/openvswitch OVS_DBDIR=/run/openvswitch
quiet='-vconsole:off -vsyslog:off --no-chdir --pidfile --detach'
cat </dev/fd/4 >/run/openvswitch/conf.db

switch() {
  ovsdb-server $quiet --remote=punix:/run/openvswitch/db.sock /run/openvswitch/conf.db &&
    ovs-vswitchd $quiet --disable-system
}

configure() { # every second host, from the first or the second one on
  local i
  for ((i = $1; i < n; i += 2)); do
    ip -n h$i -batch - <<<"addr add 10.0.$(((i + 1) / 256)).$(((i + 1) % 256))/16 dev eth0
link set eth0 up"
  done
}

switch </dev/null >/dev/null &
switch=$!
ip -batch /dev/fd/5
configure 0 &
half=$!
configure 1
wait $half
wait $switch

ports=()
for ((i = 0; i < n; i++)); do ports+=(-- add-port s1 p$i); done
ovs-vsctl --no-syslog add-br s1 -- set bridge s1 datapath_type=netdev fail_mode=standalone "${ports[@]}"
until ip netns exec h0 ping -nqc1 -W1 10.0.0.2 >/dev/null; do :; done
echo '"started"'

read -r _ # the order to close
ovs-vsctl --no-syslog del-br s1
ovs-appctl -t ovs-vswitchd exit
ovs-appctl -t ovsdb-server exit
ip link delete group 7
echo '"closed"'
