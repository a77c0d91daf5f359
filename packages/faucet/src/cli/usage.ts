/** What `--help` prints. */
export const usage = `Usage: streambed-faucet [OPTION…]
       streambed-faucet check FILE…

Controls OpenFlow switches as Faucet does with the same configuration; with --gauge, reads their counters as Gauge does.
It is started like faucet: the options are the same, and so are the environment variables FAUCET_CONFIG, FAUCET_LOG,
FAUCET_LOG_LEVEL, FAUCET_EXCEPTION_LOG, FAUCET_CONFIG_STAT_RELOAD, FAUCET_CONFIG_AUTO_REVERT, FAUCET_EVENT_SOCK,
FAUCET_EVENT_SOCK_HEARTBEAT, FAUCET_PROMETHEUS_ADDR, FAUCET_PROMETHEUS_PORT, FAUCET_STACK_ROOT_STATE_UPDATE_TIME and
those of Gauge. SIGHUP reads the configuration again; SIGTERM and SIGINT end it.

  --gauge                        Gauge instead of Faucet
  --ofp-listen-host ADDRESS      where to wait for switches; 0.0.0.0 unless given
  --ofp-tcp-listen-port PORT     6653 and 6633 unless given
  --ctl-privkey, --ctl-cert, --ca-certs FILE
                                 PEM, for TLS: switches then need a certificate, if there is --ca-certs
  --ofp-ssl-listen-port PORT     for TLS; 6653 and 6633 unless given
  --ofp-switch-address-list LIST switches to dial: 127.0.0.1:6653,[::1]:6653
  --pid-file FILE                gets the number of the process
  --config-file FILE             options, one a line; /etc/faucet/ryu.conf unless given
  --use-stderr                   the log goes to standard error as well
  -v, --verbose                  everything goes into the log
  -V, --version
  -h, --help
Options with a value are also taken with ryu- before their name: --ryu-ofp-tcp-listen-port.

check FILE… prints each configuration (faucet.yaml) as JSON with its defaults filled in and its references followed, or
every error with its place.

Exit status: 0; 1 when a configuration that is checked is refused, or the controller cannot be started; 2 for options
and settings that make no sense.`
