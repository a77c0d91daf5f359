// A whole program: starts a testbed of N hosts, pings once, says so, and stays until its standard input ends.
import { once } from 'node:events'
import { Testbed } from '@streambed/sdk'
import { topology } from './topology.mjs'

const testbed = await Testbed.start(topology(Number(process.argv[2])))
while (!(await testbed.hosts.h0.ping('h1')).ok);
console.log('"started"')
process.stdin.resume()
await once(process.stdin, 'end')
await testbed.close()
