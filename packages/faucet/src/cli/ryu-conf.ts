/** What a `ryu.conf` says: options by name, with hyphens. */
export type RyuConf = Readonly<Record<string, string>>

/** Reads the section `[DEFAULT]` of a `ryu.conf`. Names may have hyphens or underscores; lines that say nothing are passed over. */
export function parseRyuConf(text: string): RyuConf {
  const options: Record<string, string> = {}
  let section = 'DEFAULT'
  for (const line of text.split('\n')) {
    const heading = /^\s*\[(.*)\]\s*$/.exec(line)
    if (heading) section = heading[1] ?? ''
    const option = /^([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (!option || section !== 'DEFAULT') continue
    const [, name = '', value = ''] = option
    options[name.replaceAll('_', '-')] = value
  }
  return options
}
