/** N hosts on one network. */
export function topology(count) {
  const names = Array.from({ length: count }, (_, index) => `h${index}`)
  return {
    networks: { lan: { subnet: '10.0.0.0/16' } },
    hosts: Object.fromEntries(names.map((name) => [name, { networks: ['lan'] }])),
  }
}
