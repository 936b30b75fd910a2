/** The part of `seedrandom` that we use. Its published types know only the default generator. */
declare module "seedrandom/lib/xor128.js" {
  interface Xor128 {
    /** The next signed 32-bit integer. */
    int32(): number;
  }
  function xor128(seed: string): Xor128;
  export = xor128;
}
