import { describe, expect, it } from 'vitest'
import { dockerUserChange, dropsForwarded, hasDockerUser, parseFilterTable } from './docker-user.js'
import { network } from './networks.fixture.js'

const nat = network('nat', 'br1', '10.9.0', undefined, [])
const routed = network('routed', 'br2', '10.8.0', undefined, [])

/** As Docker 20.10 leaves it. */
const docker = `
-P INPUT ACCEPT
-P FORWARD DROP
-P OUTPUT ACCEPT
-N DOCKER
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A DOCKER-USER -i eth0 -s 203.0.113.0/24 -j DROP
-A DOCKER-USER -j RETURN
`
const call = '-m comment --comment ours -j ours'
const tag = '-m comment --comment ours'
const natRules = [
  `-A ours -i br1 -o docker0 ${tag} -j RETURN`,
  `-A ours -i br1 ${tag} -j ACCEPT`,
  `-A ours -o br1 -m conntrack --ctstate RELATED,ESTABLISHED ${tag} -j ACCEPT`,
  `-A ours -o br1 -m conntrack --ctstate DNAT ${tag} -j ACCEPT`,
]

const change = (text: string, networks = [nat]): string | undefined => dockerUserChange(parseFilterTable(text), networks, 'ours')
const lines = (text: string | undefined): string[] => (text ?? '').split('\n')

/** The table with our chain in it. */
function present(rules: readonly string[], user = [`-A DOCKER-USER ${call}`, '-A DOCKER-USER -j RETURN']): string {
  return [docker.replace(/^-A DOCKER-USER.*\n/gm, '').trim(), '-N ours', ...user, ...rules].join('\n')
}

describe('dockerUserChange', () => {
  it("adds a chain, and its call behind the user's rules and before the end", () => {
    expect(lines(change(docker))).toEqual(['*filter', ':ours - [0:0]', ...natRules, `-I DOCKER-USER 2 ${call}`, 'COMMIT', ''])
  })

  it('lets everything into a routed network', () => {
    expect(lines(change(docker, [routed])).slice(2, -3)).toEqual([
      `-A ours -i br2 -o docker0 ${tag} -j RETURN`, `-A ours -i br2 ${tag} -j ACCEPT`, `-A ours -o br2 ${tag} -j ACCEPT`,
    ])
  })

  it("leaves all of Docker's bridges to Docker, also those of newer versions", () => {
    const newer = docker.replace('-A FORWARD -o docker0 -j DOCKER', '-A DOCKER-BRIDGE -o docker0 -j DOCKER\n-A DOCKER-BRIDGE -o br-0123456789ab -j DOCKER')
    expect(lines(change(newer)).filter((line) => line.endsWith('RETURN'))).toEqual(['br-0123456789ab', 'docker0'].map((name) => `-A ours -i br1 -o ${name} ${tag} -j RETURN`))
  })

  it('appends the call where nothing ends the chain', () => {
    expect(change(docker.replace('-A DOCKER-USER -j RETURN\n', ''))).toContain(`-I DOCKER-USER 2 ${call}`)
  })

  it('has nothing to do when it is done', () => {
    expect(change(present(natRules))).toBeUndefined()
    expect(change(docker, [])).toBeUndefined()
  })

  it.each([
    ['is empty', present([])],
    ['has a rule too many', present([...natRules, '-A ours -j ACCEPT'])],
    ['has another order', present([...natRules].reverse())],
  ])('fills the chain again when it %s, and leaves the call', (_, text) => {
    expect(lines(change(text))).toEqual(['*filter', ':ours - [0:0]', ...natRules, 'COMMIT', ''])
  })

  it.each([
    ['missing', ['-A DOCKER-USER -j RETURN'], [`-I DOCKER-USER 1 ${call}`]],
    ['behind the end', ['-A DOCKER-USER -j RETURN', `-A DOCKER-USER ${call}`], [`-D DOCKER-USER ${call}`, `-I DOCKER-USER 1 ${call}`]],
    ['there twice', [`-A DOCKER-USER ${call}`, `-A DOCKER-USER ${call}`], [`-D DOCKER-USER ${call}`, `-D DOCKER-USER ${call}`, `-I DOCKER-USER 1 ${call}`]],
  ])('mends a call that is %s', (_, user, mended) => {
    expect(lines(change(present(natRules, user))).slice(-2 - mended.length, -2)).toEqual(mended)
  })

  it('takes away what it added', () => {
    expect(lines(change(present(natRules), []))).toEqual(['*filter', ':ours - [0:0]', `-D DOCKER-USER ${call}`, '-X ours', 'COMMIT', ''])
    expect(lines(change(present(natRules, []), []))).toEqual(['*filter', ':ours - [0:0]', '-X ours', 'COMMIT', ''])
  })
})

it('tells what the table is', () => {
  expect([hasDockerUser(parseFilterTable(docker)), dropsForwarded(parseFilterTable(docker))]).toEqual([true, true])
  const other = parseFilterTable('-P FORWARD ACCEPT\n-N DOCKER-USERS\n')
  expect([hasDockerUser(other), dropsForwarded(other)]).toEqual([false, false])
})
