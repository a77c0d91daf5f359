import { describe, expect, it } from 'vitest'
import { JsonRpcPeer } from '../jsonrpc/peer.js'
import { duplexPair } from '../testing/duplex-pair.js'
import { DaemonControl } from './control.js'

function daemon(answer: (command: string, parameters: readonly unknown[]) => string): DaemonControl {
  const [ours, theirs] = duplexPair()
  new JsonRpcPeer(theirs, { onRequest: (command, parameters) => answer(command, parameters) })
  return new DaemonControl(ours)
}

describe('DaemonControl', () => {
  it('runs a command with its parameters and gives back what it prints', async () => {
    await using control = daemon((command, parameters) => `${command}(${parameters.join()})`)
    expect(await control.run('ofproto/trace', ['br0', 'in_port=1'])).toBe('ofproto/trace(br0,in_port=1)')
  })

  it('waits for the revalidation', async () => {
    const commands: string[] = []
    await using control = daemon((command) => (commands.push(command), ''))
    await control.revalidated()
    expect(commands).toEqual(['revalidator/wait'])
  })

  it('rejects with what the daemon says', async () => {
    await using control = daemon(() => {
      throw new Error('"nonsense" is not a valid command')
    })
    await expect(control.run('nonsense')).rejects.toMatchObject({ code: 'peer' })
  })

  it('rejects when the daemon is gone', async () => {
    const [ours, theirs] = duplexPair()
    const control = new DaemonControl(ours)
    const running = control.run('revalidator/wait')
    theirs.destroy()
    await expect(running).rejects.toMatchObject({ code: 'closed' })
  })
})
