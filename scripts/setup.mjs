// Makes a machine ready: node scripts/setup.mjs start|test|bench
// Says what it is about to install and why, and installs only what is missing.
import { spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pythonPackages } from './python.mjs'
import { needsPython, requirements } from './requirements.mjs'
import { Advice, isMain, main, root } from './run.mjs'

const tun = '/dev/net/tun'
const isRoot = process.getuid() === 0

/** Installs what the stage lacks. Throws an `Advice` where it cannot. */
export function setup(stage) {
  if (process.platform !== 'linux') throw new Advice('Streambed needs Linux: use a Linux machine or a virtual one.')
  const needed = requirements[stage]
  if (!needed) throw new Advice(`There is no stage '${stage}': say one of ${Object.keys(requirements).join(', ')}.`)
  systemPackages(needed)
  tunDevice()
  npmPackages()
  if (needsPython.includes(stage)) pythonPackages()
}

/** Whether it is there. */
function present({ command, probe }) {
  if (!probe) return installed(command)
  const [program, ...args] = probe
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** Whether the command can be found. The folders of the administrator are not on everybody's PATH. */
function installed(command) {
  if (command.startsWith('/')) return executable(command)
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && executable(join(folder, command)))
}

function executable(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function systemPackages(needed) {
  const missing = needed.filter((one) => !present(one))
  if (missing.length === 0) return
  const commands = missing.map(({ command }) => command).join(', ')
  const packages = [...new Set(missing.map((one) => one.package))]
  if (!installed('apt-get')) {
    throw new Advice(`There is no apt-get here: install these commands yourself, then run this again: ${commands}.`)
  }
  console.error('To install with apt-get:')
  for (const { command, why, package: name } of missing) console.error(`  ${name}: ${command} is missing (${why})`)
  const status = asRoot(aptInstall, packages, `apt-get install ${packages.join(' ')}`)
  if (status !== 0) {
    throw new Advice(
      `apt-get could not install ${packages.join(', ')}; its message is above: ` +
        `go online or repair the package sources, or install ${commands} another way, then run this again.`,
    )
  }
  const still = missing.filter((one) => !present(one))
  if (still.length > 0) {
    throw new Advice(
      `apt-get installed ${packages.join(', ')}, but these commands are still missing, install them another way: ` +
        `${still.map(({ command }) => command).join(', ')}.`,
    )
  }
}

// Packages come with services (Open vSwitch does). A testbed starts its own, so Debian's policy file says no while we
// install, unless the machine has a policy already. It also keeps packages quiet where there is no systemd.
const aptInstall = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq -o DPkg::Lock::Timeout=120 >&2 &&
apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >&2
`

/** The userspace datapath of Open vSwitch makes its ports with the tun device, as the user who runs it. */
function tunDevice() {
  const problem = tunProblem()
  if (problem === undefined) return
  console.error(`${tun} ${problem}: making it a device that every user may open, as distributions have it.`)
  const script = `mkdir -p /dev/net && { [ -c ${tun} ] || mknod ${tun} c 10 200; } && chmod 0666 ${tun}`
  const status = asRoot(script, [], `mknod ${tun} c 10 200; chmod 0666 ${tun}`)
  const left = tunProblem()
  if (status !== 0 || left !== undefined) {
    throw new Advice(
      `${tun} ${left ?? 'could not be made'}: load the kernel module (modprobe tun) or, in a container, ` +
        `start it with --device ${tun}.`,
    )
  }
}

/** What is wrong with the tun device, to be read after its name. */
function tunProblem() {
  if (!existsSync(tun)) return 'is missing'
  // Root opens everything, but the tests run as an ordinary user as well.
  if (isRoot && (statSync(tun).mode & 0o006) !== 0o006) return 'cannot be opened by ordinary users'
  try {
    closeSync(openSync(tun, 'r+'))
  } catch (error) {
    return `cannot be opened (${error.code})`
  }
  return undefined
}

/** Runs a shell script as root, through sudo if need be, and answers its exit code. `summary` is for the advice. */
function asRoot(script, args, summary) {
  const sudo = isRoot ? [] : sudoCommand(summary)
  const [command, ...rest] = [...sudo, 'sh', '-c', script, 'sh', ...args]
  const { status } = spawnSync(command, rest, { stdio: [isRoot ? 'ignore' : 'inherit', 'inherit', 'inherit'] })
  return status ?? 1
}

function sudoCommand(summary) {
  const advice = `This needs root: run \`${summary}\` as root, then run this again.`
  if (!installed('sudo')) throw new Advice(advice)
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
  // sudo will ask for the password, if there is somebody to ask.
  if (process.stdin.isTTY) return ['sudo']
  throw new Advice(advice)
}

function npmPackages() {
  const lock = join(root, 'package-lock.json')
  const done = join(root, 'node_modules/.package-lock.json')
  const fresh = !existsSync(done)
  if (!fresh && statSync(lock).mtimeMs <= statSync(done).mtimeMs) return
  console.error(`npm packages: ${fresh ? 'not installed yet' : 'package-lock.json has changed'}; installing them.`)
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund']
  const npm = (args, output) =>
    spawnSync('npm', [...args, ...flags], { cwd: root, stdio: ['ignore', output, output] }).status
  // `npm ci` refuses a lockfile that lacks the optional packages of other systems; `npm install` does not mind.
  // It would also remove what a running test uses, so it is for a fresh checkout only.
  if (fresh && npm(['ci'], 'ignore') === 0) return
  if (npm(['install', '--no-save'], 'inherit') !== 0) {
    throw new Advice(
      'npm could not install the packages; its message is above: ' +
        'go online or repair the registry settings, then run this again.',
    )
  }
}

if (isMain(import.meta)) await main(() => setup(process.argv[2]))
