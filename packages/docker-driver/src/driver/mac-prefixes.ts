import type { DockerContainer, DockerEvent } from '../docker/docker-engine.js'
import { labelPrefixes } from '../options/index.js'

/** The labels by which a container asks for a MAC address of its own. */
export const macPrefixLabels = labelPrefixes.map((prefix) => `${prefix}mac_prefix`)

/**
 * Whether any container of Docker's may ask for a MAC address of its own. Few do: where it is known that none does, Docker need not be asked
 * who might be meant, each time that it makes an endpoint.
 */
export class MacPrefixes {
  #possible = true
  #mark = 0

  /** Whether one may: Docker has told that one does, or has not yet told of all. */
  get possible(): boolean {
    return this.#possible
  }

  /** What has been heard until now, for {@link listed}. */
  get mark(): number {
    return this.#mark
  }

  /** Something happened: the event of a container has its labels. */
  heard({ type, attributes }: DockerEvent): void {
    if (type === 'container' && wantsPrefix(attributes)) this.forget()
  }

  /** Docker was not heard for a while: containers may have been created. */
  forget(): void {
    this.#possible = true
    this.#mark++
  }

  /**
   * These are all containers.
   * @param mark what had been heard when Docker was asked: one that was created since then may not be among them
   */
  listed(containers: readonly DockerContainer[], mark: number): void {
    if (mark === this.#mark) this.#possible = containers.some(({ labels }) => wantsPrefix(labels))
  }
}

/** Whether containers with these labels ask for a MAC address of their own. */
export function wantsPrefix(labels: Readonly<Record<string, string>>): boolean {
  return macPrefixLabels.some((name) => labels[name] !== undefined && labels[name] !== '')
}
