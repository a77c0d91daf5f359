# A sandbox for Mininet with its Open vSwitch running: in Mininet's favour, none of this is measured.
# Descriptor 3 is mininet.py.
set -e
mount -t tmpfs tmpfs /run # /var/run leads here
mount -t tmpfs tmpfs /tmp
# Mininet raises limits of the whole machine, which a sandbox would not give back.
for folder in /proc/sys/kernel /proc/sys/fs; do
  mount --bind $folder $folder
  mount -o remount,bind,ro $folder
done
mkdir /run/openvswitch /run/lock
ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
quiet='-vconsole:off -vsyslog:off --no-chdir --pidfile --detach'
export OVS_LOGDIR=/run/openvswitch OVS_DBDIR=/run/openvswitch
ovsdb-server $quiet --remote=punix:/run/openvswitch/db.sock /run/openvswitch/conf.db </dev/null >/dev/null
ovs-vsctl --no-wait init
ovs-vswitchd $quiet --disable-system </dev/null >/dev/null
exec /usr/bin/python3 /dev/fd/3
