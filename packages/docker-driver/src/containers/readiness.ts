/** A port that something listens on, in the network of the container. */
export interface PortReadiness {
  readonly port: number
  /** Default `tcp`. */
  readonly protocol?: 'tcp' | 'udp' | undefined
}

/** An HTTP server of the container that answers. */
export interface HttpReadiness {
  readonly port: number
  /** Default `/`. */
  readonly path?: string | undefined
  /** The status that it has to answer with. Default: any below 400. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** TLS, with whatever certificate. Default false. */
  readonly tls?: boolean | undefined
}

/**
 * When a container counts as ready: when all that is given holds. With none of them (`{}`): when it runs and has not ended
 * right after its start. A container that ends before is not ready, whatever its exit code.
 */
export interface Readiness {
  /**
   * Ports that something listens on, on whatever address, loopback included. Read from the container's /proc/net, so nothing
   * is connected to; no program of the image is needed where this process sees the container's (a local engine), `cat` elsewhere.
   */
  readonly port?: number | PortReadiness | readonly (number | PortReadiness)[] | undefined
  /** A line of its log (stdout or stderr) that has this text, or that this expression finds. Only what it wrote since this start. */
  readonly log?: string | RegExp | undefined
  /** A program that exits with 0 in it; tried again and again until it does. */
  readonly command?: readonly string[] | undefined
  /**
   * A request to 127.0.0.1 that is answered, made from within the container's network without a program of the image. That needs root, `nsenter`
   * and a local engine; elsewhere the container's published port or its address is used.
   */
  readonly http?: HttpReadiness | undefined
  /** The image's HEALTHCHECK says `healthy`. */
  readonly health?: boolean | undefined
  /** Milliseconds for all of it. Default 30000. */
  readonly timeoutMs?: number | undefined
}
