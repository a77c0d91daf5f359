import { run } from './program.js'

/**
 * The world beyond the machine, in a network namespace: an address that stands for the Internet, reached through a link of its own.
 * What comes from the machine is answered only if it comes from the machine's own addresses, as on the Internet.
 */
export class Outside {
  /** The address of the Internet's only server. */
  readonly address = '203.0.113.10'
  readonly address6 = '2001:db8:77::10'
  /** The machine's address towards it. */
  readonly machine = '192.0.2.2'
  readonly machine6 = '2001:db8:2::2'

  /** Makes it. */
  async begin(): Promise<void> {
    const at = (words: string): Promise<string> => run('ip', ...words.split(' '))
    await at('netns add outside')
    await at('link add out0 type veth peer name in0 netns outside')
    await at('addr add 192.0.2.2/24 dev out0')
    await at('-6 addr add 2001:db8:2::2/64 dev out0 nodad')
    await at('link set out0 up')
    for (const words of ['link set lo up', 'link set in0 up', 'addr add 192.0.2.1/24 dev in0', '-6 addr add 2001:db8:2::1/64 dev in0 nodad', `addr add ${this.address}/32 dev lo`, `-6 addr add ${this.address6}/128 dev lo`]) {
      await at(`-n outside ${words}`)
    }
    await at('route replace default via 192.0.2.1')
    await at('-6 route replace default via 2001:db8:2::1')
  }

  /** Runs a command out there. */
  run(...command: string[]): Promise<string> {
    return run('ip', 'netns', 'exec', 'outside', ...command)
  }

  async stop(): Promise<void> {
    // The kernel takes a namespace's links down later, when it has time.
    await run('ip', 'link', 'del', 'out0')
    await run('ip', 'netns', 'del', 'outside')
  }
}
