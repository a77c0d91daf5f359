// Which figures are meant by the names on the command line.

/**
 * A name is a figure (`start.floor.200`) or the beginning of several (`start`, `start.floor`); no name means all. Gives the experiments
 * that are needed, each with those of its figures that are wanted.
 * @param unknown is called with the names that mean nothing
 */
export function select(experiments, names, unknown) {
  const means = (name, figure) => figure === name || figure.startsWith(`${name}.`)
  const all = experiments.flatMap(({ figures }) => figures.map(({ name }) => name))
  const strange = names.filter((name) => !all.some((figure) => means(name, figure)))
  if (strange.length > 0) unknown(strange, all)
  const wanted = ({ name }) => names.length === 0 || names.some((one) => means(one, name))
  return experiments
    .map((experiment) => ({ experiment, figures: experiment.figures.filter(wanted) }))
    .filter(({ figures }) => figures.length > 0)
}
