/** Everything a use-case may need from outside. */
export interface Deps {
  readonly origin: string;
}
