// What the stages of set-up need from the system. `package` is the Debian name; `probe`, for what is no command, succeeds
// when it is there.

const start = [
  { command: 'ovs-vswitchd', package: 'openvswitch-switch', why: 'the virtual switch' },
  { command: 'ovsdb-server', package: 'openvswitch-switch', why: "the virtual switch's database" },
  { command: 'unshare', package: 'util-linux', why: 'makes the namespaces that a testbed lives in' },
  { command: 'setpriv', package: 'util-linux', why: 'ends a testbed with the process that started it' },
  { command: 'ping', package: 'iputils-ping', why: 'a host of the quick start runs it' },
]

const test = [
  ...start,
  { command: 'ip', package: 'iproute2', why: 'the tests compare with it' },
  { command: 'tcpdump', package: 'tcpdump', why: 'the tests read captures with it' },
  { command: 'nft', package: 'nftables', why: 'routers and firewalls on hosts' },
  { command: 'ethtool', package: 'ethtool', why: 'the tests compare with it' },
  { command: 'ps', package: 'procps', why: 'the tests look for processes left behind' },
  { command: 'curl', package: 'curl', why: 'the tests fetch with it' },
  { command: 'openssl', package: 'openssl', why: 'the tests make certificates with it' },
  { command: 'dockerd', package: 'docker.io', why: 'the Docker driver and containers as hosts are tested with it' },
  { command: 'docker', package: 'docker.io', why: "what the Docker driver's users type" },
  { command: 'podman', package: 'podman', why: 'containers as hosts are tested with it in the place of Docker' },
  { command: 'newuidmap', package: 'uidmap', why: "podman and Docker of an ordinary user have users of their own" },
  { command: 'rootlesskit', package: 'rootlesskit', why: 'Docker of an ordinary user' },
  { command: 'slirp4netns', package: 'slirp4netns', why: 'its network' },
  { command: 'tini-static', package: 'tini', why: "the first process of podman's containers in the tests" },
  { command: 'sshd', package: 'openssh-server', why: 'Docker of another machine' },
  { command: 'systemd-socket-activate', package: 'systemd', why: "the driver's socket is systemd's where it is a service" },
  { command: 'iptables', package: 'iptables', why: 'dockerd makes its firewall rules with it' },
  { command: 'busybox', package: 'busybox-static', why: 'the file system of the containers that the tests run' },
  { command: 'udhcpc', package: 'udhcpc', why: "the DHCP client of a container's interface" },
  { command: 'prometheus', package: 'prometheus', why: 'a test asks it for what it scraped from the controller' },
  { command: '/usr/bin/python3', package: 'python3', why: 'the real Faucet, os-ken and the OVSDB client of Open vSwitch run on it' },
  {
    command: 'ensurepip',
    probe: ['/usr/bin/python3', '-c', 'import ensurepip'],
    package: 'python3-venv',
    why: 'makes the Python environment that they are installed in',
  },
]

const bench = [
  ...test,
  // Mininet calls its parts by name and only recommends some of them.
  { command: 'mn', package: 'mininet', why: 'what the benchmarks compare with' },
  { command: 'mnexec', package: 'mininet', why: "Mininet's helper" },
  { command: 'ifconfig', package: 'net-tools', why: 'Mininet calls it' },
  { command: 'iperf', package: 'iperf', why: 'Mininet measures with it' },
  { command: 'ovs-testcontroller', package: 'openvswitch-testcontroller', why: "Mininet's default controller" },
]

export const requirements = { start, test, bench }

/** The stages that need the Python environment. */
export const needsPython = ['test', 'bench']
