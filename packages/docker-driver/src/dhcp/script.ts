import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The events for which udhcpc runs its script. */
const events = ['deconfig', 'bound', 'renew', 'nak', 'leasefail'] as const

/**
 * What udhcpc runs at each event. It is in the network namespace of the container and in the mount namespace of the machine: so it touches the interface
 * alone, and no file. Nothing is remembered in files either:
 *
 * - An address that came by DHCP is one with an end (`dynamic`): the kernel itself removes it when nobody renews it, even if the driver is dead.
 * - A route that came by DHCP has protocol 16 (`dhcp`). Its metric is the interface's own, so that two interfaces can both have a default route, and
 *   Docker's, which has none, comes first.
 * - Other addresses go before the new one comes: removing the first address of a subnet takes the others of that subnet along.
 * - Standard output is for reports alone: udhcpc closes every other pipe. What programs print goes to standard error.
 * - The client's start (`deconfig`) takes nothing away: after a restart of the driver the address is still good.
 */
const script = `
exec 3>&1 >&2
event=$0
ip=\${ip-} mask=\${mask:-32} router=\${router-} staticroutes=\${staticroutes-} lease=\${lease:-4294967295}
report() { printf '%s\\0' '' "$@" '' >&3; }
try() { message=$("$@" 2>&1) || report event=failed "message=$*: $message"; }

route() {
  destination=$1
  [ "$destination" = 0.0.0.0/0 ] && destination=default
  destination=\${destination%/32}
  if [ "$2" = 0.0.0.0 ]; then try ip -4 route replace "$destination" dev "$interface" proto 16 metric "$metric"
  else try ip -4 route replace "$destination" via "$2" dev "$interface" onlink proto 16 metric "$metric"
  fi
  kept="$kept$destination "
}

routes() {
  index=$(ip -o link show dev "$interface")
  metric=$((1000 + \${index%%:*}))
  kept=' '
  # Option 121 replaces option 3 (RFC 3442).
  if [ -n "$staticroutes" ]; then
    set -- $staticroutes
    while [ $# -ge 2 ]; do route "$1" "$2"; shift 2; done
  elif [ -n "$router" ]; then route default "\${router%% *}"
  fi
  ip -4 route show dev "$interface" proto 16 | while read -r destination rest; do
    case $kept in *" $destination "*) ;; *) ip -4 route del "$destination" dev "$interface" proto 16 ;; esac
  done
}

case $event in
deconfig)
  try ip link set dev "$interface" up
  [ -n "$(ip -4 -o addr show dev "$interface" dynamic)" ] || ip -4 route flush dev "$interface" proto 16 2>/dev/null
  ;;
nak)
  ip -4 route flush dev "$interface" proto 16 2>/dev/null
  ip -4 addr flush dev "$interface" dynamic
  ;;
bound|renew)
  [ "$lease" -lt 4294967295 ] || lease=4294967294
  ip -4 -o addr show dev "$interface" dynamic | while read -r number name family address rest; do
    [ "$address" = "$ip/$mask" ] || ip -4 addr del "$address" dev "$interface"
  done
  try ip -4 addr replace "$ip/$mask" broadcast + dev "$interface" valid_lft "$lease" preferred_lft "$lease"
  routes
  ;;
esac
report "event=$event" "interface=$interface" "ip=$ip" "mask=$mask" "router=$router" "dns=\${dns-}" "domain=\${domain-}" "lease=$lease" "serverid=\${serverid-}"
`

/** Ends what the script did, once the client has gone. */
export const removalScript = 'ip -4 route flush dev "$1" proto 16; ip -4 addr flush dev "$1" dynamic'

/** How many clients use a folder. */
const users = new Map<string, number>()
/** What is being done with a folder: one thing after the other, so that no client's script goes with the last one before it. */
const turns = new Map<string, Promise<unknown>>()

function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const result = (turns.get(path) ?? Promise.resolve()).then(work)
  const over = result.catch(() => undefined).then(() => {
    if (turns.get(path) === over) turns.delete(path)
  })
  turns.set(path, over)
  return result
}

/**
 * The script as files in a folder, mode 0700, which goes with its last user. udhcpc is told that its script is `sh`, and runs `sh bound` in that
 * folder: so the files need not be executable, which /run does not allow on some systems.
 */
export class ScriptFolder {
  #isClosed = false

  private constructor(readonly path: string) {}

  static open(path: string): Promise<ScriptFolder> {
    return inTurn(path, async () => {
      await mkdir(path, { recursive: true, mode: 0o700 })
      await Promise.all(events.map((event) => write(join(path, event), script)))
      users.set(path, (users.get(path) ?? 0) + 1)
      return new ScriptFolder(path)
    })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await inTurn(this.path, async () => {
      const left = (users.get(this.path) ?? 1) - 1
      users.set(this.path, left)
      if (left > 0) return
      users.delete(this.path)
      await rm(this.path, { recursive: true, force: true })
    })
  }
}

let counter = 0

/** A client that runs already never sees half of it. */
async function write(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.${counter++}`
  await writeFile(half, text, { mode: 0o600 })
  await rename(half, path)
}
