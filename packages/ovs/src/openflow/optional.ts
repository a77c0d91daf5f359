/** `T` with the properties `Names` left out at will: for what is given to encode, where they have a default. */
export type Optional<T, Names extends keyof T> = Omit<T, Names> & Partial<Pick<T, Names>>
