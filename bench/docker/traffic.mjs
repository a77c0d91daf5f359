// Packets between two containers. The programs are the machine's, in the containers' networks.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { networks, sleeper } from './containers.mjs'
import { call, removeByForce, runDetached } from './engine.mjs'

const execute = promisify(execFile)
const mebibytes = 256
const pings = 200

/** Milliseconds for a GiB over TCP, and for an answer to a ping (the median). */
export async function traffic({ network }) {
  const ids = await Promise.all([0, 1].map(() => runDetached(sleeper(networks[network]))))
  try {
    const [from, to] = await Promise.all(ids.map((id) => call('GET', `/containers/${id}/json`)))
    const address = to.NetworkSettings.Networks[networks[network]].IPAddress
    const inside = ({ State }, ...argv) => ['-n', '-t', String(State.Pid), ...argv]
    const latency = await answerTime(inside(from, 'ping', '-c', String(pings), '-i', '0.01', address))
    const server = spawn('setpriv', ['--pdeathsig', 'KILL', 'nsenter', ...inside(to, 'iperf', '-s')], { stdio: 'ignore' })
    try {
      const send = (amount) => execute('nsenter', inside(from, 'iperf', '-c', address, '-n', amount, '-y', 'C'))
      // It may not listen yet.
      while (!(await send('64K').then(({ stdout }) => stdout !== '', () => false)));
      const begin = performance.now()
      await send(`${mebibytes}M`)
      return { latency, gibibyte: ((performance.now() - begin) * 1024) / mebibytes }
    } finally {
      server.kill('SIGKILL')
      await once(server, 'exit')
    }
  } finally {
    await Promise.all(ids.map(removeByForce))
  }
}

async function answerTime(argv) {
  const { stdout } = await execute('nsenter', argv)
  const times = [...stdout.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time)).sort((a, b) => a - b)
  if (times.length < pings / 2) throw new Error(`only ${times.length} of ${pings} pings were answered`)
  return times[times.length >> 1]
}
